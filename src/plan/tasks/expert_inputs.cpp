#include "plan/tasks/expert_inputs.hpp"

#include <algorithm>

#include "plan/tasks/rows_between.hpp"

namespace upmem_des {

/// Where all of it is, its rows are one part; where that is known of none, every share of the rows is one.
void ExpertInputs::add_parts(const Value& value, double share, std::vector<Part>& parts) {
  if (!value.whole_at.empty()) {
    parts.push_back({value.whole_at, share});
  } else if (value.layout == Layout::Rows) {
    for (std::size_t i = 0; i < value.devices.size(); ++i)
      if (value.shares[i] >= least_share_of_rows)
        parts.push_back({{{value.devices[i], value.made[i]}}, share * value.shares[i]});
  } else {
    parts.push_back({{}, share});
  }
}

std::vector<ExpertInputs::Part> ExpertInputs::parts_of(const Value& value) {
  std::vector<Part> parts;
  if (value.groups.empty() || !value.whole_at.empty()) {
    add_parts(value, 1, parts);
    return parts;
  }
  for (const Value& group : value.groups) {
    const double share = group.last_row - group.first_row;
    if (share >= least_share_of_rows) add_parts(group, share, parts);
  }
  return parts;
}

bool ExpertInputs::has(const Part& part, DeviceIndex device) {
  return std::any_of(part.holders.begin(), part.holders.end(),
                     [&](const Value::At& at) { return at.device == device; });
}

/// Of a device in its own group; of another device one that differs between neighbours.
std::size_t ExpertInputs::place_of(const std::vector<Part>& parts, DeviceIndex device) {
  for (const Part& part : parts)
    for (std::size_t i = 0; i < part.holders.size(); ++i)
      if (part.holders[i].device == device) return i;
  return device;
}

bool ExpertInputs::knows(const Value& value, const Wanted& wanted) const {
  if (!wanted.expert || !wanted.rows.empty() || wanted.from_host || wanted.layout != Layout::Whole) return false;
  const std::vector<Part> parts = parts_of(value);
  // What lies whole somewhere is sent to one device, or to those that lack it, as any tensor is.
  if (parts.size() == 1 && (wanted.devices.size() == 1 || has(parts.front(), wanted.devices.front()))) return false;
  return std::all_of(parts.begin(), parts.end(), [](const Part& part) { return !part.holders.empty(); });
}

/// The holder in a place, or the next one with a direct way if some holder has one.
std::size_t ExpertInputs::sender_for(const Part& part, std::size_t place, DeviceIndex device) const {
  const std::size_t n = part.holders.size();
  for (std::size_t i = 0; i < n; ++i)
    if (transfers_.routes().find(part.holders[(place + i) % n].device, device)) return (place + i) % n;
  return place % n;
}

std::vector<ExpertInputs::Sending> ExpertInputs::all_to_each(const std::vector<Part>& parts,
                                                             const Wanted& wanted) const {
  std::vector<Sending> sendings;
  for (std::size_t j = 0; j < wanted.devices.size(); ++j) {
    const DeviceIndex device = wanted.devices[j];
    const std::size_t place = place_of(parts, device);
    for (std::size_t i = 0; i < parts.size(); ++i)
      if (!has(parts[i], device))
        sendings.push_back({i, sender_for(parts[i], place, device), j, parts[i].share * wanted.bytes});
  }
  return sendings;
}

/// Of parts that some lack every device is sent a share, unless it has the part.
std::vector<ExpertInputs::Sending> ExpertInputs::shares_to_each(const std::vector<Part>& parts,
                                                                const Wanted& wanted) const {
  std::vector<Sending> sendings = all_to_each(parts, wanted);
  for (Sending& sending : sendings) sending.bytes /= static_cast<double>(wanted.devices.size());
  return sendings;
}

/// Of the parts that some device lacks.
double ExpertInputs::gathered_B(const std::vector<Part>& parts, const Wanted& wanted) {
  double bytes = 0;
  for (const Part& part : parts)
    if (std::any_of(wanted.devices.begin(), wanted.devices.end(),
                    [&](DeviceIndex device) { return !has(part, device); }))
      bytes += part.share * wanted.bytes;
  return bytes;
}

double ExpertInputs::time_s(const std::vector<Part>& parts, const std::vector<Sending>& sendings,
                            const Wanted& wanted) const {
  std::vector<Transfers::Transfer> sent;
  for (const Sending& sending : sendings)
    sent.push_back({parts[sending.part].holders[sending.holder].device, wanted.devices[sending.to], sending.bytes});
  return transfers_.time_s(sent);
}

std::vector<Pieces> ExpertInputs::send(const std::vector<Part>& parts, const std::vector<Sending>& sendings,
                                       const Wanted& wanted, std::set<RouteIndex>& begun) {
  std::vector<std::vector<Pieces>> arrived(wanted.devices.size());
  for (std::size_t j = 0; j < wanted.devices.size(); ++j)
    for (const Part& part : parts)
      for (const Value::At& at : part.holders)
        if (at.device == wanted.devices[j]) arrived[j].push_back(at.pieces);
  for (const Sending& sending : sendings) {
    const Value::At& from = parts[sending.part].holders[sending.holder];
    const Pieces may_go = wanted.after.empty() ? from.pieces : transfers_.tasks().together({from.pieces, wanted.after});
    const DeviceIndex to = wanted.devices[sending.to];
    // Of several parts the last one is waited for: pieces would be of no use.
    arrived[sending.to].push_back(
        transfers_.send_part(from.device, to, sending.bytes, may_go, wanted.purpose, parts.size() > 1, begun));
  }
  std::vector<Pieces> all;
  for (const std::vector<Pieces>& pieces : arrived)
    all.push_back(pieces.size() == 1 ? pieces.front() : transfers_.tasks().together(pieces));
  return all;
}

std::vector<Pieces> ExpertInputs::bring(Value& value, const Wanted& wanted) {
  std::vector<Pieces> known;
  for (const DeviceIndex device : wanted.devices)
    for (const Value::ExpertRows& rows : value.expert_rows)
      if (rows.expert == *wanted.expert && rows.at.device == device) known.push_back(rows.at.pieces);
  if (known.size() == wanted.devices.size()) return known;

  const std::vector<Part> parts = parts_of(value);
  const std::vector<Sending> all = all_to_each(parts, wanted);
  std::vector<Pieces> arrived;
  if (wanted.devices.size() > 1 && !all.empty() && collectives_.knows(wanted.devices)) {
    const double bytes = gathered_B(parts, wanted);
    const std::vector<Sending> shares = shares_to_each(parts, wanted);
    if (time_s(parts, shares, wanted) + collectives_.time_s(Collective::AllGather, wanted.devices, bytes) <
        time_s(parts, all, wanted)) {
      Value gathered;
      gathered.layout = Layout::Rows;
      gathered.bytes = bytes;
      gathered.devices = wanted.devices;
      gathered.shares = even_shares(wanted.devices.size());
      gathered.made = send(parts, shares, wanted, value.expert_routes);
      arrived = collectives_.run(Collective::AllGather, gathered);
    }
  }
  if (arrived.empty()) arrived = send(parts, all, wanted, value.expert_routes);
  for (std::size_t j = 0; j < arrived.size(); ++j)
    value.expert_rows.push_back({*wanted.expert, {wanted.devices[j], arrived[j]}});
  return arrived;
}

}  // namespace upmem_des

#include "plan/tasks/data_mover.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "plan/tasks/rows_between.hpp"

namespace upmem_des {

namespace {

/// The search begins at `near`: asked for one device after the other, it finds each at once where they lie in that
/// order.
const Pieces* find_whole(const Value& value, DeviceIndex device, std::size_t near = 0) {
  const std::size_t count = value.whole_at.size();
  if (near >= count) near = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const Value::At& at = value.whole_at[near + i < count ? near + i : near + i - count];
    if (at.device == device) return &at.pieces;
  }
  return nullptr;
}

/// Rows for devices that share them are those of a grid of one device a group.
Wanted as_groups(Wanted wanted) {
  if (wanted.layout != Layout::Rows) return wanted;
  wanted.layout = Layout::Whole;
  wanted.rows = std::move(wanted.shares);
  wanted.shares.clear();
  return wanted;
}

bool has_rows(const Value& group) {
  return group.last_row - group.first_row >= least_share_of_rows;
}

/// Calls visit(rows, group) for the rows of each group, with what it needs of them; gives what it does, by device.
template <class Visit>
std::vector<Pieces> for_groups(Value& value, const Wanted& wanted, const Visit& visit) {
  std::vector<Pieces> arrived;
  double row = 0;
  for (std::size_t i = 0; i < wanted.rows.size(); ++i) {
    const double next = row + wanted.rows[i];
    if (wanted.rows[i] < least_share_of_rows) {
      arrived.resize(arrived.size() + wanted.devices.size() / wanted.rows.size());
    } else {
      Value& rows = rows_between(value, row, next);
      Wanted group = wanted.of_group(i);
      // As a factor, so that all of the rows are exactly all.
      group.bytes = value.bytes > 0 ? rows.bytes * (wanted.bytes / value.bytes) : wanted.bytes * wanted.rows[i];
      const std::vector<Pieces> pieces = visit(rows, group);
      arrived.insert(arrived.end(), pieces.begin(), pieces.end());
    }
    row = next;
  }
  return arrived;
}

}  // namespace

std::vector<Pieces> DataMover::bring(Value& value, const Wanted& wanted) {
  if (wanted.from_host) return by_way_of_host(value, wanted);
  if (!wanted.rows.empty()) return to_groups(value, wanted);
  if (expert_inputs_.knows(value, wanted)) return expert_inputs_.bring(value, wanted);
  if (!value.groups.empty())
    return wanted.layout == Layout::Rows ? to_groups(value, as_groups(wanted)) : from_groups(value, wanted);
  if (value.layout == Layout::Rows && wanted.layout == Layout::Rows && value.devices != wanted.devices)
    return to_groups(value, as_groups(wanted));
  if (value.layout == wanted.layout && value.devices == wanted.devices) return value.made;
  if (can_gather_some(value, wanted)) return gather_some(value, wanted);
  if (wanted.layout != Layout::Whole) return scattered(value, wanted);
  if (wanted.bytes < value.bytes && value.layout != Layout::Partial) return some_rows(value, wanted);
  return whole(value, wanted);
}

/// To each group its rows, from where they lie.
std::vector<Pieces> DataMover::to_groups(Value& value, const Wanted& wanted) {
  return for_groups(value, wanted, [&](Value& rows, const Wanted& group) { return bring(rows, group); });
}

/// From each group its rows, to devices that do not share rows.
std::vector<Pieces> DataMover::from_groups(Value& value, const Wanted& wanted) {
  if (wanted.layout == Layout::Whole && wanted.devices == value.devices && wanted.bytes >= value.bytes)
    gather_columns(value, wanted);
  std::vector<std::vector<Pieces>> parts(wanted.devices.size());
  for (Value& group : value.groups) {
    if (!has_rows(group)) continue;
    Wanted rows = wanted;
    rows.bytes = value.bytes > 0 ? group.bytes * (wanted.bytes / value.bytes) : 0;
    const std::vector<Pieces> pieces = bring(group, rows);
    for (std::size_t i = 0; i < pieces.size(); ++i) parts[i].push_back(pieces[i]);
  }
  std::vector<Pieces> arrived;
  for (const std::vector<Pieces>& pieces : parts) arrived.push_back(transfers_.tasks().together(pieces));
  return arrived;
}

/// All rows on every device of a grid: the n-th devices of all groups gather them together.
void DataMover::gather_columns(Value& value, const Wanted& wanted) {
  std::vector<DeviceIndex> first_column;
  for (const Value& group : value.groups) first_column.push_back(group.devices.front());
  if (!collectives_.knows(first_column) || find_whole(value.groups.front(), value.devices.back()) != nullptr) return;
  std::vector<std::vector<Pieces>> own;
  for (Value& group : value.groups) {
    Wanted whole = wanted;
    whole.devices = group.devices;
    whole.bytes = group.bytes;
    own.push_back(has_rows(group) ? bring(group, whole) : std::vector<Pieces>(group.devices.size()));
  }
  for (std::size_t column = 0; column < own.front().size(); ++column) {
    Value rows;
    rows.layout = Layout::Rows;
    rows.bytes = value.bytes;
    for (std::size_t i = 0; i < own.size(); ++i) {
      rows.devices.push_back(value.groups[i].devices[column]);
      rows.shares.push_back(value.groups[i].last_row - value.groups[i].first_row);
      rows.made.push_back(own[i][column]);
    }
    const std::vector<Pieces> all = collectives_.run(Collective::AllGather, rows);
    for (std::size_t i = 0; i < own.size(); ++i)
      for (std::size_t from = 0; from < own.size(); ++from)
        if (from != i) value.groups[from].whole_at.push_back({rows.devices[i], all[i]});
  }
}

/// Where a device gets a whole tensor from: the host, a device with a direct route, or none, which means that it has to
/// be sent to the host first.
const Value::At* DataMover::source_for(const Value& value, DeviceIndex device) const {
  const Value::At* direct = nullptr;
  for (const Value::At& at : value.whole_at) {
    if (at.device == host_device) return &at;
    if (direct == nullptr && transfers_.routes().find(at.device, device)) direct = &at;
  }
  return direct;
}

Pieces DataMover::may_go(const Pieces& pieces, const Wanted& wanted) {
  return wanted.after.empty() ? pieces : transfers_.tasks().together({pieces, wanted.after});
}

namespace {

std::vector<DeviceIndex> but(const std::vector<DeviceIndex>& devices, DeviceIndex without) {
  std::vector<DeviceIndex> others;
  for (const DeviceIndex device : devices)
    if (device != without) others.push_back(device);
  return others;
}

}  // namespace

/// Where a tensor that lies in shares or as a sum is put together soonest for those that want it: on the first of them
/// or on the host.
DataMover::Root DataMover::root_for(const Value& value, const Wanted& wanted) const {
  const auto by = [&](DeviceIndex root) {
    const double together_s =
        value.layout == Layout::Partial ? collectives_.reduce_s(value, root) : collectives_.gather_s(value, root);
    return Root{root, together_s + collectives_.broadcast_s({root}, but(wanted.devices, root), value.bytes)};
  };
  // To one device a gather or reduce knows the way by the host.
  const Root at_first = by(wanted.devices.front());
  if (wanted.devices.size() == 1) return at_first;
  const Root at_host = by(host_device);
  return at_host.time_s < at_first.time_s ? at_host : at_first;
}

/// Of a tensor that lies in shares or as a sum: all of it, on those that have it, on those that want it, or on one.
void DataMover::make_whole_somewhere(Value& value, const Wanted& wanted) {
  if (!value.whole_at.empty()) return;
  const bool is_sum = value.layout == Layout::Partial;
  const Collective together = is_sum ? Collective::AllReduce : Collective::AllGather;
  if (value.devices == wanted.devices && collectives_.knows(value.devices)) {
    put_whole(value, value.devices, collectives_.run(together, value));
    return;
  }
  const Root root = root_for(value, wanted);
  double by_group_s = std::numeric_limits<double>::infinity();
  double by_peers_s = by_group_s;
  if (wanted.devices.size() > 1 && collectives_.knows(value.devices)) {
    by_group_s = collectives_.time_s(together, value.devices, value.bytes) +
                 collectives_.broadcast_s(value.devices, wanted.devices, value.bytes);
    by_peers_s = peers_s(value, wanted);
  }
  if (by_peers_s < std::min(root.time_s, by_group_s)) {
    put_whole(value, wanted.devices, by_peers(value, wanted));
  } else if (by_group_s < root.time_s) {
    put_whole(value, value.devices, collectives_.run(together, value));
  } else {
    Pieces pieces = is_sum ? collectives_.reduce(value, root.device) : collectives_.gather(value, root.device);
    value.whole_at.push_back({root.device, std::move(pieces)});
  }
}

void DataMover::put_whole(Value& value, const std::vector<DeviceIndex>& devices, const std::vector<Pieces>& pieces) {
  for (std::size_t i = 0; i < pieces.size(); ++i) value.whole_at.push_back({devices[i], pieces[i]});
}

/// Of two groups of as many devices: the share of each device goes to one of the other, and that group gathers them.
double DataMover::peers_s(const Value& value, const Wanted& wanted) const {
  if (value.devices.size() != wanted.devices.size() || !collectives_.knows(wanted.devices))
    return std::numeric_limits<double>::infinity();
  const std::size_t n = value.devices.size();
  const std::vector<double> shares = value.layout == Layout::Partial ? even_shares(n) : value.shares;
  double all_s = to_peers_s(value.devices, wanted.devices, shares, value.bytes) +
                 collectives_.time_s(Collective::AllGather, wanted.devices, value.bytes);
  if (value.layout == Layout::Partial)
    all_s += collectives_.time_s(Collective::ReduceScatter, value.devices, value.bytes);
  return all_s;
}

std::vector<Pieces> DataMover::by_peers(const Value& value, const Wanted& wanted) {
  const bool is_sum = value.layout == Layout::Partial;
  Value moved;
  moved.layout = Layout::Rows;
  moved.bytes = value.bytes;
  moved.devices = wanted.devices;
  moved.shares = is_sum ? even_shares(value.devices.size()) : value.shares;
  const std::vector<Pieces> made = is_sum ? collectives_.run(Collective::ReduceScatter, value) : value.made;
  for (std::size_t i = 0; i < made.size(); ++i)
    moved.made.push_back(transfers_.send(value.devices[i], wanted.devices[i], moved.shares[i] * value.bytes,
                                         may_go(made[i], wanted), wanted.purpose));
  return collectives_.run(Collective::AllGather, moved);
}

std::vector<Pieces> DataMover::whole(Value& value, const Wanted& wanted) {
  make_whole_somewhere(value, wanted);
  std::vector<DeviceIndex> missing;
  for (std::size_t i = 0; i < wanted.devices.size(); ++i)
    if (find_whole(value, wanted.devices[i], i) == nullptr) missing.push_back(wanted.devices[i]);
  collectives_.broadcast(value.whole_at, missing, value.bytes, wanted.after, wanted.purpose);
  std::vector<Pieces> arrived;
  for (std::size_t i = 0; i < wanted.devices.size(); ++i) arrived.push_back(*find_whole(value, wanted.devices[i], i));
  return arrived;
}

double DataMover::broadcast_s(DeviceIndex from, const std::vector<DeviceIndex>& to, double bytes) const {
  return collectives_.broadcast_s({from}, to, bytes);
}

/// Some rows of each sequence, for the devices that have them.
bool DataMover::can_gather_some(const Value& value, const Wanted& wanted) const {
  return value.layout == Layout::Rows && wanted.layout == Layout::Whole && value.devices == wanted.devices &&
         wanted.bytes < value.bytes && !wanted.expert && value.whole_at.empty() && collectives_.knows(value.devices);
}

std::vector<Pieces> DataMover::gather_some(const Value& value, const Wanted& wanted) {
  Value some = value;
  some.bytes = wanted.bytes;
  return collectives_.run(Collective::AllGather, some);
}

/// Each device of one group sends a share of a tensor to one of the other.
double DataMover::to_peers_s(const std::vector<DeviceIndex>& from, const std::vector<DeviceIndex>& to,
                             const std::vector<double>& shares, double bytes) const {
  std::vector<Transfers::Transfer> sent;
  for (std::size_t i = 0; i < from.size(); ++i) sent.push_back({from[i], to[i], shares[i] * bytes});
  return transfers_.time_s(sent);
}

std::vector<Pieces> DataMover::some_rows(Value& value, const Wanted& wanted) {
  make_whole_somewhere(value, wanted);
  std::vector<Pieces> arrived;
  for (const DeviceIndex device : wanted.devices) {
    if (const Pieces* pieces = find_whole(value, device)) {
      arrived.push_back(*pieces);
      continue;
    }
    const auto same = [&](const Value::ExpertRows& rows) {
      return wanted.expert && rows.expert == *wanted.expert && rows.at.device == device;
    };
    const auto sent = std::find_if(value.expert_rows.begin(), value.expert_rows.end(), same);
    if (sent != value.expert_rows.end()) {
      arrived.push_back(sent->at.pieces);
      continue;
    }
    const Value::At* source = source_for(value, device);
    if (source == nullptr) source = &value.whole_at.front();
    const Pieces ready = may_go(source->pieces, wanted);
    if (!wanted.expert) {
      arrived.push_back(transfers_.send(source->device, device, wanted.bytes, ready, wanted.purpose));
      continue;
    }
    arrived.push_back(
        transfers_.send_part(source->device, device, wanted.bytes, ready, wanted.purpose, false, value.expert_routes));
    value.expert_rows.push_back({*wanted.expert, {device, arrived.back()}});
  }
  return arrived;
}

/// Of a sum: is it no slower that its devices add up a share each for the other group, than that it is put together on
/// one device and dealt out?
bool DataMover::sends_shares_to_peers(const Value& value, const Wanted& wanted) const {
  if (!collectives_.knows(value.devices) || value.devices.size() != wanted.devices.size()) return false;
  const DeviceIndex root = root_for(value, wanted).device;
  std::vector<Transfers::Transfer> dealt;
  for (std::size_t i = 0; i < wanted.devices.size(); ++i)
    dealt.push_back({root, wanted.devices[i], wanted.shares[i] * value.bytes});
  return collectives_.time_s(Collective::ReduceScatter, value.devices, value.bytes) +
             to_peers_s(value.devices, wanted.devices, wanted.shares, value.bytes) <=
         collectives_.reduce_s(value, root) + transfers_.time_s(dealt);
}

/// Shares of what is whole somewhere; shares that lie otherwise are put together before.
std::vector<Pieces> DataMover::dealt_out(Value& value, const Wanted& wanted) {
  if (value.whole_at.empty()) {
    Wanted together = wanted;
    together.devices = {root_for(value, wanted).device};
    together.layout = Layout::Whole;
    make_whole_somewhere(value, together);
  }
  std::vector<Pieces> arrived;
  for (std::size_t i = 0; i < wanted.devices.size(); ++i) {
    const DeviceIndex device = wanted.devices[i];
    if (const Pieces* pieces = find_whole(value, device, i)) {
      arrived.push_back(*pieces);
      continue;
    }
    const Value::At* source = source_for(value, device);
    if (source == nullptr) source = &value.whole_at.front();
    arrived.push_back(
        transfers_.send(source->device, device, wanted.shares[i] * value.bytes, source->pieces, wanted.purpose));
  }
  return arrived;
}

std::vector<Pieces> DataMover::scattered(Value& value, const Wanted& wanted) {
  for (const Value::Scattered& known : value.scattered)
    if (known.layout == wanted.layout && known.devices == wanted.devices) return known.pieces;
  std::vector<Pieces> arrived;
  const bool is_sum = value.layout == Layout::Partial && value.whole_at.empty();
  if (is_sum && value.devices == wanted.devices) {
    arrived = collectives_.reduce_scatter(value, wanted.shares);
  } else if (is_sum && sends_shares_to_peers(value, wanted)) {
    const std::vector<Pieces> sums = collectives_.reduce_scatter(value, wanted.shares);
    for (std::size_t i = 0; i < sums.size(); ++i)
      arrived.push_back(transfers_.send(value.devices[i], wanted.devices[i], wanted.shares[i] * value.bytes,
                                        may_go(sums[i], wanted), wanted.purpose));
  } else {
    arrived = dealt_out(value, wanted);
  }
  value.scattered.push_back({wanted.layout, wanted.devices, arrived});
  return arrived;
}

/// A transfer point: what is on the devices already does not count.
std::vector<Pieces> DataMover::by_way_of_host(Value& value, const Wanted& wanted) {
  Wanted on_host = wanted;
  on_host.devices = {host_device};
  on_host.layout = Layout::Whole;
  on_host.rows.clear();
  on_host.from_host = false;
  const Pieces pieces = bring(value, on_host).front();
  if (wanted.rows.empty()) return deal_from_host(value, wanted, pieces);
  return for_groups(value, wanted,
                    [&](Value& rows, const Wanted& group) { return deal_from_host(rows, group, pieces); });
}

std::vector<Pieces> DataMover::deal_from_host(Value& value, const Wanted& wanted, const Pieces& pieces) {
  if (wanted.layout == Layout::Whole) {
    std::vector<Pieces> sent = transfers_.send_to_all(wanted.devices, wanted.bytes, pieces, wanted.purpose);
    // Whoever needs it there afterwards finds it.
    if (wanted.bytes >= value.bytes)
      for (std::size_t i = 0; i < wanted.devices.size(); ++i)
        if (find_whole(value, wanted.devices[i], i) == nullptr) value.whole_at.push_back({wanted.devices[i], sent[i]});
    return sent;
  }
  std::vector<Pieces> arrived;
  for (std::size_t i = 0; i < wanted.devices.size(); ++i)
    arrived.push_back(
        transfers_.send(host_device, wanted.devices[i], wanted.shares[i] * wanted.bytes, pieces, wanted.purpose));
  return arrived;
}

}  // namespace upmem_des

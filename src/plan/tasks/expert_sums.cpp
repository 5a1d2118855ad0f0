#include "plan/tasks/expert_sums.hpp"

#include <algorithm>
#include <numeric>

namespace upmem_des {

namespace {

bool is_partial(const Value* value) {
  return value->devices.size() > 1 && value->layout == Layout::Partial;
}

std::vector<double> shares_of(const std::vector<double>& bytes, double all_B) {
  std::vector<double> shares;
  for (const double some : bytes) shares.push_back(some / all_B);
  return shares;
}

std::size_t position(DeviceIndex device, const std::vector<DeviceIndex>& devices) {
  return static_cast<std::size_t>(std::find(devices.begin(), devices.end(), device) - devices.begin());
}

}  // namespace

double ExpertSums::bytes_of(const std::vector<Value*>& values) {
  double bytes = 0;
  for (const Value* value : values) bytes += value->bytes;
  return bytes;
}

bool ExpertSums::are_of_same_devices(const std::vector<Value*>& values) {
  return std::all_of(values.begin(), values.end(), [&](const Value* value) {
    return is_partial(value) && value->devices == values.front()->devices;
  });
}

bool ExpertSums::are_among(const std::vector<Value*>& values, const Wanted& wanted) const {
  if (wanted.devices.size() < 2 || wanted.from_host || !collectives_.knows(wanted.devices)) return false;
  return std::all_of(values.begin(), values.end(), [&](const Value* value) {
    return (value->devices.size() == 1 || is_partial(value)) &&
           std::all_of(value->devices.begin(), value->devices.end(),
                       [&](DeviceIndex device) { return position(device, wanted.devices) < wanted.devices.size(); });
  });
}

std::vector<double> ExpertSums::bytes_on(const std::vector<Value*>& values, const std::vector<DeviceIndex>& devices) {
  std::vector<double> bytes(devices.size());
  for (const Value* value : values)
    for (const DeviceIndex device : value->devices) bytes[position(device, devices)] += value->bytes;
  return bytes;
}

RowsMade ExpertSums::made_on(const std::vector<Value*>& values, const std::vector<DeviceIndex>& devices) {
  RowsMade made{devices, bytes_on(values, devices), {}};
  std::vector<std::vector<Pieces>> pieces(devices.size());
  for (const Value* value : values)
    for (std::size_t i = 0; i < value->devices.size(); ++i)
      pieces[position(value->devices[i], devices)].push_back(value->made[i]);
  for (const std::vector<Pieces>& own : pieces) made.pieces.push_back(transfers_.tasks().together(own));
  return made;
}

std::vector<ExpertSums::Makers> ExpertSums::makers_of(const std::vector<Value*>& values) {
  std::vector<Makers> all;
  for (Value* value : values) {
    auto makers =
        std::find_if(all.begin(), all.end(), [&](const Makers& some) { return some.devices == value->devices; });
    if (makers == all.end()) makers = all.insert(all.end(), {value->devices, 0, {}});
    makers->bytes += value->bytes;
    makers->values.push_back(value);
  }
  return all;
}

/// None where no expert has several devices, or some device is one of several experts' in different groups.
std::optional<double> ExpertSums::by_makers_s(const std::vector<Makers>& makers, const Wanted& wanted) const {
  std::vector<double> made_B(wanted.devices.size());
  double bytes = 0, longest_s = 0;
  std::vector<DeviceIndex> seen;
  bool any_sum = false;
  for (const Makers& some : makers) {
    bytes += some.bytes;
    for (const DeviceIndex device : some.devices) {
      if (position(device, seen) < seen.size()) return std::nullopt;
      seen.push_back(device);
      made_B[position(device, wanted.devices)] = some.bytes / static_cast<double>(some.devices.size());
    }
    if (some.devices.size() == 1 || some.bytes <= 0) continue;
    if (!collectives_.knows(some.devices)) return std::nullopt;
    any_sum = true;
    longest_s = std::max(longest_s, collectives_.time_s(Collective::ReduceScatter, some.devices, some.bytes));
  }
  if (!any_sum) return std::nullopt;
  return longest_s + collectives_.time_s(Collective::AllToAll, wanted.devices, shares_of(made_B, bytes), bytes);
}

ExpertSums::Choice ExpertSums::choose(const std::vector<Value*>& values, const std::vector<Makers>& makers,
                                      const Wanted& wanted) const {
  const std::vector<double> made_B = bytes_on(values, wanted.devices);
  const double all_B = std::accumulate(made_B.begin(), made_B.end(), 0.0);
  Choice best{Way::Rows, collectives_.time_s(Collective::AllToAll, wanted.devices, shares_of(made_B, all_B), all_B)};
  const double sum_B = std::min(bytes_of(values), wanted.bytes);
  const double sum_s = collectives_.time_s(Collective::ReduceScatter, wanted.devices, sum_B);
  if (sum_s < best.time_s) best = {Way::Sum, sum_s};
  const std::optional<double> makers_s = by_makers_s(makers, wanted);
  if (makers_s && *makers_s < best.time_s) best = {Way::SumThenRows, *makers_s};
  return best;
}

double ExpertSums::shares_s(const std::vector<Value*>& values, const Wanted& wanted) const {
  return choose(values, makers_of(values), wanted).time_s;
}

std::vector<Pieces> ExpertSums::shares(const std::vector<Value*>& values, const Wanted& wanted) {
  const std::vector<Makers> makers = makers_of(values);
  switch (choose(values, makers, wanted).way) {
    case Way::Sum:
      return collectives_.run(Collective::ReduceScatter, of_readers(values, wanted));
    case Way::SumThenRows:
      return exchange(sums_of(makers, wanted));
    case Way::Rows:
      break;
  }
  return exchange(made_on(values, wanted.devices));
}

/// A share of what an expert has computed on each of its devices.
RowsMade ExpertSums::sums_of(const std::vector<Makers>& makers, const Wanted& wanted) {
  RowsMade made{wanted.devices, std::vector<double>(wanted.devices.size()), std::vector<Pieces>(wanted.devices.size())};
  for (const Makers& some : makers) {
    Wanted all;
    all.bytes = some.bytes;
    const Value sum = sum_on(some.values, some.devices, all);
    const std::vector<Pieces> shares =
        some.devices.size() > 1 ? collectives_.run(Collective::ReduceScatter, sum) : sum.made;
    for (std::size_t i = 0; i < some.devices.size(); ++i) {
      const std::size_t at = position(some.devices[i], wanted.devices);
      made.bytes[at] = some.bytes / static_cast<double>(some.devices.size());
      made.pieces[at] = shares[i];
    }
  }
  return made;
}

/// Every reader gets its rows of each output.
std::vector<Pieces> ExpertSums::exchange(const RowsMade& made) {
  Value rows;
  rows.layout = Layout::Rows;
  rows.devices = made.devices;
  rows.bytes = std::accumulate(made.bytes.begin(), made.bytes.end(), 0.0);
  rows.made = made.pieces;
  rows.shares = shares_of(made.bytes, rows.bytes);
  return collectives_.run(Collective::AllToAll, rows);
}

Value ExpertSums::sum_on(const std::vector<Value*>& values, const std::vector<DeviceIndex>& devices,
                         const Wanted& wanted) {
  Value sum;
  sum.layout = Layout::Partial;
  sum.devices = devices;
  sum.width = values.front()->width;
  sum.bytes = std::min(bytes_of(values), wanted.bytes);
  sum.made = made_on(values, devices).pieces;
  sum.cuts.assign(devices.size(), 1);
  return sum;
}

Value ExpertSums::of_readers(const std::vector<Value*>& values, const Wanted& wanted) {
  Value sum = sum_on(values, wanted.devices, wanted);
  sum.shares = even_shares(wanted.devices.size());
  return sum;
}

Value ExpertSums::of_makers(const std::vector<Value*>& values, const Wanted& wanted) {
  Value sum = sum_on(values, values.front()->devices, wanted);
  sum.shares = values.front()->shares;
  return sum;
}

}  // namespace upmem_des

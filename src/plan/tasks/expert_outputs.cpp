#include "plan/tasks/expert_outputs.hpp"

#include <algorithm>

namespace upmem_des {

namespace {

double bytes_of(const std::vector<Value*>& values) {
  double bytes = 0;
  for (const Value* value : values) bytes += value->bytes;
  return bytes;
}

/// Without what tells where it is.
Value sum_of(const std::vector<Value*>& values, const Wanted& wanted) {
  Value sum;
  sum.width = values.front()->width;
  sum.bytes = std::min(bytes_of(values), wanted.bytes);
  return sum;
}

}  // namespace

bool ExpertOutputs::are(const std::vector<Value*>& values) {
  const auto is_whole = [](const Value* value) { return value->devices.size() == 1; };
  return values.size() > 1 &&
         std::all_of(values.begin(), values.end(), [](const Value* value) { return value->of_expert; }) &&
         (std::all_of(values.begin(), values.end(), is_whole) || are_partial(values));
}

bool ExpertOutputs::are_partial(const std::vector<Value*>& values) {
  return std::all_of(values.begin(), values.end(), [&](const Value* value) {
    return value->devices.size() > 1 && value->layout == Layout::Partial && value->devices == values.front()->devices;
  });
}

Value ExpertOutputs::together(const std::vector<Value*>& values, const Wanted& wanted) {
  if (are_partial(values)) return partial(values, wanted);
  return is_for_group(values, wanted) ? on_group(values, wanted) : on_root(values, wanted);
}

/// Have only readers made the outputs, and is it no slower that all take part?
bool ExpertOutputs::is_for_group(const std::vector<Value*>& values, const Wanted& wanted) const {
  if (wanted.devices.size() < 2 || wanted.from_host || !collectives_.knows(wanted.devices) ||
      !lie_among(values, wanted.devices))
    return false;
  const double all_B = bytes_of(values);
  if (wanted.layout == Layout::Rows && all_B > 0) return true;
  const Collective collective = wanted.layout == Layout::Whole ? Collective::AllReduce : Collective::ReduceScatter;
  return collectives_.time_s(collective, wanted.devices, std::min(all_B, wanted.bytes)) <= on_root_s(values, wanted);
}

Value ExpertOutputs::partial(const std::vector<Value*>& values, const Wanted& wanted) {
  Value sum = sum_of(values, wanted);
  sum.layout = Layout::Partial;
  sum.devices = values.front()->devices;
  sum.shares = values.front()->shares;
  sum.cuts.assign(sum.devices.size(), 1);
  for (std::size_t i = 0; i < sum.devices.size(); ++i) {
    std::vector<Pieces> made;
    for (const Value* value : values) made.push_back(value->made[i]);
    sum.made.push_back(transfers_.tasks().together(made));
  }
  return sum;
}

bool ExpertOutputs::lie_among(const std::vector<Value*>& values, const std::vector<DeviceIndex>& devices) const {
  return std::all_of(values.begin(), values.end(), [&](const Value* value) {
    return std::find(devices.begin(), devices.end(), value->devices.front()) != devices.end();
  });
}

/// Rows that each device has made are sent to those that read them; or every device takes part in a sum.
Value ExpertOutputs::on_group(const std::vector<Value*>& values, const Wanted& wanted) {
  const auto n = wanted.devices.size();
  Value sum = sum_of(values, wanted);
  sum.devices = wanted.devices;
  sum.cuts.assign(n, 1);
  std::vector<std::vector<Pieces>> made(n);
  std::vector<double> bytes(n);
  for (const Value* value : values) {
    const auto at = std::find(wanted.devices.begin(), wanted.devices.end(), value->devices.front());
    const auto i = static_cast<std::size_t>(at - wanted.devices.begin());
    made[i].push_back(value->made.front());
    bytes[i] += value->bytes;
  }
  for (std::size_t i = 0; i < n; ++i) sum.made.push_back(transfers_.tasks().together(made[i]));
  const double all_B = bytes_of(values);
  if (wanted.layout == Layout::Rows && all_B > 0) {
    // What is there in all is at least as much as the sum; every reader gets its rows of each expert.
    Value rows = sum;
    rows.layout = Layout::Rows;
    rows.bytes = all_B;
    for (std::size_t i = 0; i < n; ++i) rows.shares.push_back(bytes[i] / all_B);
    sum.layout = Layout::Rows;
    sum.shares = wanted.shares;
    sum.made = collectives_.run(Collective::AllToAll, rows);
    return sum;
  }
  sum.layout = Layout::Partial;
  sum.shares = even_shares(n);
  return sum;
}

DeviceIndex ExpertOutputs::root_for(const std::vector<Value*>& values, const Wanted& wanted) const {
  const DeviceIndex target = wanted.devices.front();
  const bool direct = std::all_of(values.begin(), values.end(), [&](const Value* value) {
    const DeviceIndex from = value->devices.front();
    return from == target || transfers_.routes().find(from, target);
  });
  return direct ? target : host_device;
}

double ExpertOutputs::on_root_s(const std::vector<Value*>& values, const Wanted& wanted) const {
  const DeviceIndex root = root_for(values, wanted);
  std::vector<RouteBytes> sent;
  for (const Value* value : values)
    if (value->devices.front() != root && value->bytes > 0)
      sent.push_back({*transfers_.routes().find(value->devices.front(), root), value->bytes});
  std::vector<DeviceIndex> others;
  for (const DeviceIndex device : wanted.devices)
    if (device != root) others.push_back(device);
  const double bytes = std::min(bytes_of(values), wanted.bytes);
  return longest_latency_s(transfers_.routes(), sent) + busiest_s(transfers_.platform(), sent) +
         mover_.broadcast_s(root, others, bytes);
}

Value ExpertOutputs::on_root(const std::vector<Value*>& values, const Wanted& wanted) {
  const DeviceIndex target = wanted.devices.front();
  const DeviceIndex root = root_for(values, wanted);
  std::vector<Pieces> arrived;
  for (Value* value : values) {
    Wanted output;
    output.devices = {value->devices.front() == target && wanted.devices.size() == 1 ? target : root};
    output.bytes = value->bytes;
    output.purpose = "gather";
    arrived.push_back(mover_.bring(*value, output).front());
  }
  Value combined;
  combined.devices = {root};
  combined.made = {transfers_.tasks().together(arrived)};
  combined.width = values.front()->width;
  combined.whole_at.push_back({root, combined.made.front()});
  for (const Value* value : values)
    if (wanted.devices.size() > 1 || value->devices.front() != target) combined.bytes += value->bytes;
  combined.bytes = std::min(combined.bytes, wanted.bytes);
  return combined;
}

}  // namespace upmem_des

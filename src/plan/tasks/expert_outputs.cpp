#include "plan/tasks/expert_outputs.hpp"

#include <algorithm>

#include "plan/tasks/rows_between.hpp"

namespace upmem_des {

namespace {

bool is_on_one(const Value* value) {
  return value->devices.size() == 1;
}

bool is_partial(const Value& value) {
  return value.layout == Layout::Partial && value.whole_at.empty();
}

bool is_partial_on_readers(const Value& value, const Wanted& wanted) {
  if (value.devices != wanted.devices || value.groups.size() != wanted.rows.size()) return false;
  return value.groups.empty() ? is_partial(value) : std::all_of(value.groups.begin(), value.groups.end(), is_partial);
}

}  // namespace

bool ExpertOutputs::are(const std::vector<Value*>& values, const Wanted& wanted) {
  const auto can_be_added = [&](const Value* value) {
    return value->of_expert && (!wanted.rows.empty() || is_on_one(value) || value->layout == Layout::Partial);
  };
  return values.size() > 1 && std::all_of(values.begin(), values.end(), can_be_added);
}

bool ExpertOutputs::adds_up(const std::vector<Value*>& values, const Value& rest, const Wanted& wanted) const {
  if (wanted.layout != Layout::Whole || rest.bytes != wanted.bytes || !is_partial_on_readers(rest, wanted))
    return false;
  if (wanted.rows.empty()) return sums_.are_among(values, wanted);
  return std::all_of(values.begin(), values.end(),
                     [&](const Value* value) { return is_partial_on_readers(*value, wanted); });
}

std::vector<Pieces> ExpertOutputs::bring(const std::vector<Value*>& values, const Wanted& wanted) {
  if (std::optional<std::vector<Pieces>> rows = combine_.bring(values, wanted)) return *rows;
  if (wanted.rows.empty()) return bring_to_group(values, wanted);
  std::vector<Pieces> arrived;
  double row = 0;
  for (std::size_t i = 0; i < wanted.rows.size(); ++i) {
    const Wanted group = wanted.of_group(i);
    const double next = row + wanted.rows[i];
    std::vector<Value*> rows;
    for (Value* value : values) rows.push_back(&rows_between(*value, row, next));
    row = next;
    if (wanted.rows[i] < least_share_of_rows) {
      arrived.resize(arrived.size() + group.devices.size());
      continue;
    }
    for (const Pieces& pieces : bring_to_group(rows, group)) arrived.push_back(pieces);
  }
  return arrived;
}

/// What cannot meet comes one by one.
std::vector<Pieces> ExpertOutputs::bring_to_group(const std::vector<Value*>& values, Wanted wanted) {
  if (std::optional<Value> sum = together(values, wanted)) {
    wanted.bytes = sum->bytes;
    return mover_.bring(*sum, wanted);
  }
  std::vector<std::vector<Pieces>> parts(wanted.devices.size());
  for (Value* value : values) {
    wanted.bytes = value->bytes;
    const std::vector<Pieces> pieces = mover_.bring(*value, wanted);
    for (std::size_t i = 0; i < pieces.size(); ++i) parts[i].push_back(pieces[i]);
  }
  std::vector<Pieces> arrived;
  for (const std::vector<Pieces>& pieces : parts) arrived.push_back(transfers_.tasks().together(pieces));
  return arrived;
}

/// One value that lies where the outputs are, or nearer to where they are wanted.
std::optional<Value> ExpertOutputs::together(const std::vector<Value*>& values, const Wanted& wanted) {
  if (ExpertSums::are_of_same_devices(values)) return sums_.of_makers(values, wanted);
  if (is_for_group(values, wanted)) return sums_.of_readers(values, wanted);
  if (std::all_of(values.begin(), values.end(), is_on_one)) return on_root(values, wanted);
  return std::nullopt;
}

/// Have only readers made the outputs, and is it no slower that all take part?
bool ExpertOutputs::is_for_group(const std::vector<Value*>& values, const Wanted& wanted) const {
  if (!sums_.are_among(values, wanted)) return false;
  if (!std::all_of(values.begin(), values.end(), is_on_one)) return true;
  const double bytes = std::min(ExpertSums::bytes_of(values), wanted.bytes);
  const Collective collective = wanted.layout == Layout::Whole ? Collective::AllReduce : Collective::ReduceScatter;
  return collectives_.time_s(collective, wanted.devices, bytes) <= on_root_s(values, wanted, root_for(values, wanted));
}

DeviceIndex ExpertOutputs::root_for(const std::vector<Value*>& values, const Wanted& wanted) const {
  const DeviceIndex target = wanted.devices.front();
  return on_root_s(values, wanted, target) <= on_root_s(values, wanted, host_device) ? target : host_device;
}

double ExpertOutputs::on_root_s(const std::vector<Value*>& values, const Wanted& wanted, DeviceIndex root) const {
  std::vector<Transfers::Transfer> sent;
  for (const Value* value : values) sent.push_back({value->devices.front(), root, value->bytes});
  std::vector<DeviceIndex> others;
  for (const DeviceIndex device : wanted.devices)
    if (device != root) others.push_back(device);
  const double bytes = std::min(ExpertSums::bytes_of(values), wanted.bytes);
  return transfers_.time_s(sent) + mover_.broadcast_s(root, others, bytes);
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

#include "unit/cost/golden_replay.hpp"

#include <algorithm>
#include <utility>

namespace upmem_des::test {

namespace {

double last_four(const Shape& shape) {
  double product = 1;
  for (std::size_t i = 0; i < 4; ++i) product *= static_cast<double>(shape.from_end(i));
  return product;
}

bool is_plain_layer(const LayerEvent& event) {
  return event.kind == EventKind::Layer && event.type != "LlamaRMSNorm" && event.type != "SiLUActivation";
}

}  // namespace

GoldenReplay::GoldenReplay(const GoldenCase& golden, std::map<std::string, Architecture> devices)
    : golden_(golden), devices_(std::move(devices)), element_bytes_(bytes_per_element(golden.dtype)) {
  CostOptions options;
  options.dtype = golden.dtype;
  options.num_key_value_heads = golden.num_key_value_heads;
  options.sliding_window = golden.sliding_window;
  model_ = make_cost_model("reference", options);
  Architecture host;
  host.name = "HOST";
  devices_["HOST"] = model_->host_profile(host);
}

ReplayTotals GoldenReplay::run() {
  for_each_event(golden_.folder, [this](const LayerEvent& event) { add(event); });
  finish();
  // What the tool never sets is 0: the first phase's time is set by the first call of the last layer.
  totals_.decode.time_s = totals_.time_s - totals_.prefill.time_s;
  return totals_;
}

void GoldenReplay::add(const LayerEvent& event) {
  ++totals_.events;
  transfer_point(event);
  end_of_experts(event);
  compute(event);
  if (event.kind != EventKind::Layer) return;
  last_shape_ = event.input_shape;
  if (event.name == golden_.last_layer) count_pass(event);
}

void GoldenReplay::move(const Architecture& device, bool to_device, double elements) {
  const char* const key = to_device ? "host_to_device" : "device_to_host";
  const Port& port = to_device ? device.host_to_device : device.device_to_host;
  const double bytes = element_bytes_ * elements;
  PhaseTotals& phase = prefill_ ? totals_.prefill : totals_.decode;
  totals_.time_s += bytes / port.bandwidth_Bps;
  phase.busy_s[key] += bytes / port.bandwidth_Bps;
  phase.energy_J[key] += bytes * port.energy_J_per_byte;
  phase.moved_bytes[key] += bytes;
}

void GoldenReplay::transfer_point(const LayerEvent& event) {
  const auto found = golden_.mapping.find(event.map_key.str());
  if (found == golden_.mapping.end()) return;
  const GoldenCase::Target& target = found->second;
  const bool moves = target.device != device_ || target.always || (target.by_counter && counters_[found->first]++ == 0);
  if (!moves) return;
  const double elements = last_four(event.input_shape);
  if (device_ != "HOST") move(devices_.at(device_), false, elements);
  device_ = target.device;
  if (device_ != "HOST") move(devices_.at(device_), true, elements);
}

void GoldenReplay::end_of_experts(const LayerEvent& event) {
  if (golden_.moe_end.empty() || event.name != golden_.moe_end || !is_plain_layer(event)) return;
  if (!std::all_of(counters_.begin(), counters_.end(),
                   [&](const auto& counter) { return counter.second == golden_.experts_per_token; }))
    return;
  counters_.clear();
  const Shape& out = event.output_shape;
  move(devices_.at(device_), false, last_four({golden_.experts_per_token - 1, out[0], out[1]}));
}

void GoldenReplay::compute(const LayerEvent& event) {
  const CostState state{prefill_ ? Phase::Prefill : Phase::Decode, cached_rows_};
  const Demand demand = model_->cost(event, devices_.at(device_), state);
  PhaseTotals& phase = prefill_ ? totals_.prefill : totals_.decode;
  totals_.time_s += demand.time_s();
  for (const Step& step : demand) {
    phase.energy_J["compute"] += step.compute.energy_J;
    phase.energy_J["main_mem"] += step.memory.energy_J + step.kv.energy_J;
    phase.busy_s["compute"] += step.compute.time_s;
    phase.busy_s["mem_transfer"] += step.memory.time_s;
    phase.busy_s["kv_load"] += step.kv.time_s;
  }
}

void GoldenReplay::count_pass(const LayerEvent& event) {
  if (!prefill_) ++cached_rows_;
  if (totals_.forward_passes == 0) {
    prefill_ = false;
    cached_rows_ = event.output_shape.from_end(1);
    totals_.prefill.time_s = totals_.time_s;
  }
  ++totals_.forward_passes;
}

void GoldenReplay::finish() {
  if (device_ == "HOST") return;
  move(devices_.at(device_), false, last_four(last_shape_) * static_cast<double>(totals_.forward_passes));
}

}  // namespace upmem_des::test

#include <algorithm>
#include <cmath>
#include <utility>

#include "service/step_form.hpp"
#include "upmem_des/platform/platform_spec.hpp"

namespace upmem_des {

/// Devices of a stage compute the same attention at the same time; HOST, where it is beside them, its own.
void StepForm::find_attention_at_once() {
  at_once_.clear();
  std::vector<bool> is_staged(platform_.devices.size(), false);
  for (const Stage& stage : stages_)
    for (const DeviceIndex device : stage.devices) is_staged[device] = true;
  for (const Group& group : groups_) {
    const auto add = [&](const auto& is_there) {
      std::vector<Use> uses;
      for (const Use& use : uses_)
        if (is_there(use.device) && group.has(use.slot)) uses.push_back(use);
      if (!uses.empty()) at_once_.push_back(std::move(uses));
    };
    for (const Stage& stage : stages_)
      add([&](DeviceIndex device) {
        return std::find(stage.devices.begin(), stage.devices.end(), device) != stage.devices.end();
      });
    add([&](DeviceIndex device) { return !is_staged[device]; });
  }
}

/// Beside idle, the most that devices draw together while they compute attention.
double StepForm::attention_W(const std::vector<Demand>& demands) const {
  double most_W = 0;
  for (const std::vector<Use>& uses : at_once_) {
    double sum_W = 0;
    for (auto use = uses.begin(); use != uses.end();) {
      const DeviceSpec& device = platform_.devices[use->device];
      double device_W = 0;
      const DeviceIndex of = use->device;
      for (; use != uses.end() && use->device == of; ++use)
        device_W = std::max(device_W, highest_power(demands[use->slot]).with(device.memory.power_W));
      sum_W += device_W + device.architecture.active_W;
    }
    most_W = std::max(most_W, sum_W);
  }
  return most_W;
}

/// The same of all else where nothing overlaps.
double StepForm::others_W() const {
  double most_W = 0;
  for (const Use& use : others_) {
    const DeviceSpec& device = platform_.devices[use.device];
    if (now_[use.slot].time_s() > 0)
      most_W =
          std::max(most_W, highest_power(now_[use.slot]).with(device.memory.power_W) + device.architecture.active_W);
  }
  for (const Transfer& transfer : transfers_) {
    const RouteSpec& route = platform_.routes[transfer.route];
    if (transfer.bytes > 0)
      most_W = std::max(most_W, platform_.energy_J_per_byte(route) * platform_.bandwidth_Bps(route));
  }
  return most_W;
}

/// Is the highest power of a measured step what is known of its parts?
bool StepForm::has_power_of(const MeasuredStep& step) const {
  const double known_W = std::max(without_W_, attention_W(plan_->demands));
  return std::abs(step.most_W - known_W) <= 1e-9 * known_W;
}

}  // namespace upmem_des

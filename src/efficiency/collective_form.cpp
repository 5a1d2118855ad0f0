#include <algorithm>
#include <cmath>

#include "efficiency/forms.hpp"

namespace upmem_des {

namespace {

using Kind = CollectiveSizes::Kind;

/// a + b · steps + T + a ramp, where T is what crosses a device's links at the share of their bandwidth that it
/// reaches. Steps are those of a ring inside a node, of which trees take over beyond eight devices.
class CollectiveForm : public EfficiencyForm {
 public:
  CollectiveForm(const char* name, std::vector<Kind> kinds)
      : EfficiencyForm(name, {{"base_us", 0, 0, 1000, 6},
                              {"step_us", 0, 0, 1000, 1},
                              {"link_share", 1, 0.0005, 1.1, 0.7},
                              {"ramp_us", 0, 0, 1000, 20},
                              {"ramp_half_us", 1, 0.1, 10000, 20},
                              {"crowding", 0, 0, 4, 0.1}}),
        kinds_(std::move(kinds)) {}

  bool serves(const KernelSizes& sizes) const override {
    const auto* collective = std::get_if<CollectiveSizes>(&sizes);
    return collective != nullptr && std::find(kinds_.begin(), kinds_.end(), collective->kind) != kinds_.end();
  }

  KernelTime time(const KernelSizes& sizes, const DeviceRates& rates,
                  const std::vector<double>& values) const override {
    const auto& collective = std::get<CollectiveSizes>(sizes);
    const double base_us = values[0], step_us = values[1], link_share = values[2], ramp_us = values[3],
                 ramp_half_us = values[4], crowding = values[5];
    const double n = collective.devices;
    double busy_us = crossing_share(collective.kind, n) * collective.bytes / (rates.link_Bps * link_share) * 1e6;
    // Where links are shared, as those below one PCIe bridge.
    busy_us *= std::pow(n / 2, crowding);
    double all_us = base_us + step_us * steps(collective.kind, n) + busy_us;
    if (ramp_us > 0) all_us += ramp_us * busy_us / (busy_us + ramp_half_us);
    return {all_us * 1e-6, 0, 0};
  }

 private:
  /// Of the whole tensor, what a device sends.
  static double crossing_share(Kind kind, double n) {
    if (kind == Kind::SendReceive) return 1;
    const bool is_sum = kind == Kind::AllReduce || kind == Kind::OneShotAllReduce;
    return (is_sum ? 2 : 1) * (n - 1) / n;
  }

  static double steps(Kind kind, double n) {
    const double ring = std::min(n - 1, 7.0 / 3 * std::log2(n));
    switch (kind) {
      case Kind::AllReduce:
        return 2 * ring;
      case Kind::AllGather:
      case Kind::ReduceScatter:
        return ring;
      case Kind::SendReceive:
        return 1;
      case Kind::AllToAll:
      case Kind::OneShotAllReduce:
        break;
    }
    return std::log2(n);
  }

  std::vector<Kind> kinds_;
};

}  // namespace

const EfficiencyForm& ring_form() {
  static const CollectiveForm form("ring", {Kind::AllReduce, Kind::AllGather, Kind::ReduceScatter});
  return form;
}

const EfficiencyForm& one_shot_form() {
  static const CollectiveForm form("one_shot", {Kind::OneShotAllReduce});
  return form;
}

const EfficiencyForm& all_to_all_form() {
  static const CollectiveForm form("all_to_all", {Kind::AllToAll});
  return form;
}

const EfficiencyForm& send_receive_form() {
  static const CollectiveForm form("send_receive", {Kind::SendReceive});
  return form;
}

}  // namespace upmem_des

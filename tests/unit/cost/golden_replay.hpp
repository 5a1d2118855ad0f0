/// The published tool's simulator, written down from tests/golden's description and from nothing else in this project
/// but the reference model: where planner, platform or simulation misread that description, they disagree with it.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "unit/cost/golden_case.hpp"
#include "upmem_des/architecture/architecture.hpp"
#include "upmem_des/cost/cost_model.hpp"

namespace upmem_des::test {

/// What a phase took: energies by "host_to_device", "device_to_host", "main_mem", "compute"; busy times by these
/// links' names, "compute", "mem_transfer" and "kv_load"; moved bytes by the links' names.
struct PhaseTotals {
  double time_s = 0;
  std::map<std::string, double> energy_J;
  std::map<std::string, double> busy_s;
  std::map<std::string, double> moved_bytes;
};

struct ReplayTotals {
  double time_s = 0;
  std::int64_t forward_passes = 0;
  std::int64_t events = 0;
  PhaseTotals prefill;
  PhaseTotals decode;
};

class GoldenReplay {
 public:
  GoldenReplay(const GoldenCase& golden, std::map<std::string, Architecture> devices);

  /// The whole case.
  ReplayTotals run();

 private:
  void add(const LayerEvent& event);
  void transfer_point(const LayerEvent& event);
  void end_of_experts(const LayerEvent& event);
  void compute(const LayerEvent& event);
  void count_pass(const LayerEvent& event);
  void finish();

  /// A transfer over a device's link, in the current phase.
  void move(const Architecture& device, bool to_device, double elements);

  const GoldenCase& golden_;
  std::map<std::string, Architecture> devices_;
  std::unique_ptr<CostModel> model_;
  double element_bytes_;

  std::string device_ = "HOST";
  bool prefill_ = true;
  std::int64_t cached_rows_ = 0;
  std::map<std::string, std::int64_t> counters_;
  Shape last_shape_;
  ReplayTotals totals_;
};

}  // namespace upmem_des::test

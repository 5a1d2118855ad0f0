/// Keeps from what a server tells what nobody can say, where the machine's devices do not all state their energies.
#pragma once

#include <vector>

#include "platform/stated_energies.hpp"
#include "upmem_des/result/serving_result.hpp"

namespace upmem_des {

/// Everything of energy and power becomes `not_stated` (upmem_des/util/stated.hpp): requests share all devices. That of
/// devices that state theirs stays. Nothing changes where all devices do.
void withhold_energies(const StatedEnergies& stated, ServingRun& run);

/// Passes on what happens, without energies and powers.
class ServiceWithoutEnergy : public RequestObserver, public ServingObserver {
 public:
  ServiceWithoutEnergy(std::vector<RequestObserver*> requests, std::vector<ServingObserver*> watchers)
      : requests_(std::move(requests)), watchers_(std::move(watchers)) {}

  void on_request(const RequestRecord& request) override;
  void on_arrival(std::int64_t id, double time_s) override;
  void on_scheduled(std::int64_t id, double time_s) override;
  void on_first_token(std::int64_t id, double time_s) override;
  void on_sample(const ServingSample& sample) override;
  void on_step(const ServingStep& step) override;
  void on_planned_step(const ServingStep& step) override;

 private:
  std::vector<RequestObserver*> requests_;
  std::vector<ServingObserver*> watchers_;
};

}  // namespace upmem_des

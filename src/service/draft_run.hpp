/// What drafts tokens for an instance.
#pragma once

#include <memory>
#include <vector>

#include "run/device_map.hpp"
#include "run/prepared_run.hpp"
#include "scenario/scenario.hpp"

namespace upmem_des {

/// What a draft holds, by DeviceIndex of the instance's machine; empty: there is none.
struct DraftBytes {
  std::vector<double> weights_B;
  std::vector<double> cache_B;  ///< of the tokens of the survey

  double weights_on_B(DeviceIndex device) const { return weights_B.empty() ? 0 : weights_B[device]; }
  double cache_on_B(DeviceIndex device) const { return cache_B.empty() ? 0 : cache_B[device]; }
};

/// The draft that `section` is about, a smaller model or further layers of the target's, on the target's machine;
/// null where nothing is computed on devices. `target` was made of `surveyed`, with which the draft is surveyed, too.
/// Throws as PreparedRun does, and InputError on a mapping of layers, which the draft may not have, on more layers than
/// the model has, and on another vocabulary. `warn` is told of a draft that was made for fewer positions than the
/// `longest` request has.
std::unique_ptr<PreparedRun> draft_run(const Scenario& surveyed, const PreparedRun& target,
                                       const SpeculativeSection& section, std::int64_t longest, const Warn& warn);

/// What `draft`, which was made so, holds beside the target. Further layers of the model's own share its embedding and
/// head. Throws SimulationError where a device does not hold the weights of both, unless the scenario allows that:
/// `warn` is told then.
DraftBytes draft_bytes(const Scenario& surveyed, const PreparedRun& target, const PreparedRun& draft,
                       const SpeculativeSection& section, const Warn& warn);

}  // namespace upmem_des

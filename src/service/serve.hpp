/// Serves requests on a scenario's machine.
#pragma once

#include <vector>

#include "requests/request_source.hpp"
#include "result/serving_result.hpp"
#include "service/prepared_serving.hpp"

namespace upmem_des {

struct ServeOptions {
  std::vector<RequestObserver*> requests;  ///< told of requests; outlive the run
  std::vector<ServingObserver*> watchers;  ///< told of steps and samples; outlive the run
  double sample_s = 1;                     ///< of windows and samples
  bool remembers_steps = true;             ///< else every step is planned and measured anew: slow, the same numbers
};

/// Serves all that `requests` gives. Throws SimulationError when the simulation fails; SimGrid holds one engine a
/// process.
ServingRun serve(const PreparedServing& prepared, RequestSource& requests, const ServeOptions& options);

}  // namespace upmem_des

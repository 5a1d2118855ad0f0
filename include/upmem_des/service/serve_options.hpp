/// What serving requests is told beside its scenario.
#pragma once

#include <vector>

namespace upmem_des {

class RequestObserver;
class ServingObserver;

/// Who is told, and how.
struct ServeOptions {
  std::vector<RequestObserver*> requests;  ///< told of requests; outlive the run
  std::vector<ServingObserver*> watchers;  ///< told of steps and samples; outlive the run
  double sample_s = 1;                     ///< of windows and samples
  bool remembers_steps = true;             ///< else every step is planned and measured anew: slow, the same numbers
};

}  // namespace upmem_des

/// --sim-compute: networks are walked through without their arithmetic.
#pragma once

#include <memory>

namespace upmem_des::profiler {

/// While it lives, libtorch's matrix products and convolutions give tensors of the right shape without computing them
/// (their elements are 0; a bias that libtorch adds afterwards it still adds).
class SkipHeavyOperators {
 public:
  SkipHeavyOperators();
  SkipHeavyOperators(const SkipHeavyOperators&) = delete;
  SkipHeavyOperators& operator=(const SkipHeavyOperators&) = delete;
  ~SkipHeavyOperators();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace upmem_des::profiler

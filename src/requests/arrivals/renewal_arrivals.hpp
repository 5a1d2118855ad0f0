/// Arrivals whose distances do not hang on each other. Internal to the room.
#pragma once

#include "requests/arrivals/arrivals.hpp"

namespace upmem_des {

/// The first after one distance, each of mean 1/rate and coefficient of variation cv.
class RenewalArrivals : public ArrivalProcess {
 public:
  RenewalArrivals(double rate_per_s, double cv, std::uint64_t seed)
      : random_(seed, "arrivals"), mean_s_(1 / rate_per_s), cv_(cv), next_s_(random_.interval(mean_s_, cv)) {}

  std::optional<double> next_s() override { return next_s_; }
  void take(Request& request) override {
    request.arrival_s = next_s_;
    next_s_ += random_.interval(mean_s_, cv_);
  }

 private:
  RandomStream random_;
  double mean_s_;
  double cv_;
  double next_s_;
};

}  // namespace upmem_des

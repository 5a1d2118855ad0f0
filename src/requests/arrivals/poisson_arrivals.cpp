#include "requests/arrivals/renewal_arrivals.hpp"

namespace upmem_des {

/// Independent exponential distances.
ArrivalForm poisson_arrivals() {
  return {"poisson",
          {rate_rule()},
          false,
          [](const ArrivalsSection&) { return false; },
          [](const ArrivalsSection& section, std::uint64_t seed) {
            return std::make_unique<RenewalArrivals>(section.numbers.at("rate"), 1, seed);
          }};
}

}  // namespace upmem_des

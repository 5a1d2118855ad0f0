#include "requests/arrivals/renewal_arrivals.hpp"

namespace upmem_des {

/// Distances of shape 1/cv^2 and scale cv^2/rate; of cv 1 those of poisson, bit for bit.
ArrivalForm gamma_arrivals() {
  return {"gamma",
          {rate_rule(), {"cv", 0.01, 100}},
          false,
          [](const ArrivalsSection&) { return false; },
          [](const ArrivalsSection& section, std::uint64_t seed) {
            return std::make_unique<RenewalArrivals>(section.numbers.at("rate"), section.numbers.at("cv"), seed);
          }};
}

}  // namespace upmem_des

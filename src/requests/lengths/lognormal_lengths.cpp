#include <cmath>

#include "requests/lengths/lengths.hpp"

namespace upmem_des {

namespace {

/// exp(mu + sigma * normal), rounded and cut.
class LognormalLengths : public LengthDistribution {
 public:
  LognormalLengths(double mu, double sigma, const TokenLimits& limits) : mu_(mu), sigma_(sigma), limits_(limits) {}

  std::int64_t sample(RandomStream& random) const override {
    return limits_.clipped(std::exp(mu_ + sigma_ * random.normal()));
  }

 private:
  double mu_;
  double sigma_;
  TokenLimits limits_;
};

/// By median and sigma: mu = ln median. By mean and cv: sigma^2 = ln(1 + cv^2), mu = ln mean - sigma^2 / 2.
std::unique_ptr<LengthDistribution> make(const LengthsSection& section) {
  const NamedNumbers& numbers = section.numbers;
  const auto median = numbers.find("median");
  const auto sigma = numbers.find("sigma");
  const auto mean = numbers.find("mean");
  const auto cv = numbers.find("cv");
  const bool by_median = median && sigma && !mean && !cv;
  const bool by_mean = mean && cv && !median && !sigma;
  if (!by_median && !by_mean)
    throw InputError(section.where, section.key,
                     "other numbers than it takes; expected median and sigma, or mean and cv");
  const TokenLimits limits(section);
  if (by_median) return std::make_unique<LognormalLengths>(std::log(*median), *sigma, limits);
  const double variance = std::log1p(*cv * *cv);
  return std::make_unique<LognormalLengths>(std::log(*mean) - variance / 2, std::sqrt(variance), limits);
}

}  // namespace

LengthForm lognormal_lengths() {
  constexpr auto optional = NumberRule::Need::optional;
  return {"lognormal",
          {{"median", 0, most_tokens, true, false, optional},
           {"sigma", 0, 10, false, false, optional},
           {"mean", 0, most_tokens, true, false, optional},
           {"cv", 0, 1000, false, false, optional},
           least_tokens_rule(),
           most_tokens_rule()},
          false,
          make};
}

}  // namespace upmem_des

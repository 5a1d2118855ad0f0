#include "requests/lengths/lengths.hpp"

namespace upmem_des {

namespace {

/// mean + sd * normal, rounded and cut.
class NormalLengths : public LengthDistribution {
 public:
  NormalLengths(double mean, double sd, const TokenLimits& limits) : mean_(mean), sd_(sd), limits_(limits) {}

  std::int64_t sample(RandomStream& random) const override { return limits_.clipped(mean_ + sd_ * random.normal()); }

 private:
  double mean_;
  double sd_;
  TokenLimits limits_;
};

}  // namespace

LengthForm normal_lengths() {
  return {"normal",
          {{"mean", 0, most_tokens, true}, {"sd", 0, most_tokens}, least_tokens_rule(), most_tokens_rule()},
          false,
          [](const LengthsSection& section) {
            return std::make_unique<NormalLengths>(section.numbers.at("mean"), section.numbers.at("sd"),
                                                   TokenLimits(section));
          }};
}

}  // namespace upmem_des

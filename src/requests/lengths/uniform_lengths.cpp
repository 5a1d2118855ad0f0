#include "requests/lengths/lengths.hpp"

namespace upmem_des {

namespace {

/// Every whole number from min to max as likely as any other.
class UniformLengths : public LengthDistribution {
 public:
  explicit UniformLengths(const TokenLimits& limits) : limits_(limits) {}

  std::int64_t sample(RandomStream& random) const override {
    return limits_.min + random.below(limits_.max - limits_.min + 1);
  }

 private:
  TokenLimits limits_;
};

}  // namespace

LengthForm uniform_lengths() {
  return {"uniform",
          {{"min", 1, most_tokens, false, true}, {"max", 1, most_tokens, false, true}},
          false,
          [](const LengthsSection& section) { return std::make_unique<UniformLengths>(TokenLimits(section)); }};
}

}  // namespace upmem_des

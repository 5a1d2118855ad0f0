#include "requests/lengths/lengths.hpp"

namespace upmem_des {

namespace {

class FixedLengths : public LengthDistribution {
 public:
  explicit FixedLengths(std::int64_t tokens) : tokens_(tokens) {}

  std::int64_t sample(RandomStream&) const override { return tokens_; }

 private:
  std::int64_t tokens_;
};

}  // namespace

LengthForm fixed_lengths() {
  return {"fixed", {{"tokens", 1, most_tokens, false, true}}, false, [](const LengthsSection& section) {
            return std::make_unique<FixedLengths>(static_cast<std::int64_t>(section.numbers.at("tokens")));
          }};
}

}  // namespace upmem_des

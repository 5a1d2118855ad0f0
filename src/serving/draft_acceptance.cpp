#include "upmem_des/serving/draft_acceptance.hpp"

#include <utility>

#include "requests/random_stream.hpp"

namespace upmem_des {

DraftAcceptance::DraftAcceptance(std::vector<double> probabilities, std::uint64_t seed)
    : probabilities_(std::move(probabilities)),
      bits_(static_cast<std::uint64_t>(RandomStream(seed, "acceptance").below(std::int64_t{1} << 53U))) {}

std::int64_t DraftAcceptance::accepted(std::int64_t request_id, std::int64_t output, std::int64_t drafts) const {
  const std::uint64_t of_request = mixed_bits(bits_, static_cast<std::uint64_t>(request_id));
  std::int64_t place = 0;
  for (; place < drafts; ++place) {
    const std::uint64_t bits = mixed_bits(of_request, static_cast<std::uint64_t>(output + place));
    if (static_cast<double>(bits >> 11U) * 0x1p-53 >= probabilities_[static_cast<std::size_t>(place)]) break;
  }
  return place;
}

}  // namespace upmem_des

/// How many drafted tokens are what the model puts out.
#pragma once

#include <cstdint>
#include <vector>

namespace upmem_des {

/// A draft is accepted with a probability of its place among those drafted together if those before it were (Leviathan
/// et al., "Fast inference from transformers via speculative decoding", ICML 2023: α, there the same for all); then a
/// step of k drafts puts out (1 − α^(k+1)) / (1 − α) tokens in the mean. Whether it is, is drawn once for each output
/// of a request, by request and output: who else is served, when, and with how many drafts changes nothing.
class DraftAcceptance {
 public:
  /// Probabilities, 0 to 1, by place.
  DraftAcceptance(std::vector<double> probabilities, std::uint64_t seed);

  /// Of `drafts` (>= 0, at most as many as there are probabilities) for the outputs from `output` on, counted from 0,
  /// how many are accepted before the first that is not.
  std::int64_t accepted(std::int64_t request_id, std::int64_t output, std::int64_t drafts) const;

 private:
  std::vector<double> probabilities_;
  std::uint64_t bits_;
};

}  // namespace upmem_des

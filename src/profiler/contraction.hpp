/// einsum and tensordot as what PyTorch makes of them: products of matrices, one after another. Internal to the room.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace upmem_des::profiler {

using Sizes = std::vector<std::int64_t>;

/// A kernel of a contraction. Sizes of 1 are left out of the shapes of sums and of what is multiplied element by
/// element.
struct ContractionStep {
  enum class Kind : std::uint8_t {
    Product,   ///< input [b, m, k] and output [b, m, n]: sizes of both, of the first alone, summed over, of the second
    Multiply,  ///< element by element: no size is summed over
    Sum        ///< of one tensor, over sizes that no other has
  };
  Kind kind = Kind::Product;
  Sizes input;
  Sizes output;
  std::vector<std::size_t> reads;  ///< earlier steps, ascending
  bool reads_operands = false;     ///< and what the call is given

  double flop() const;
};

/// The steps of torch.einsum: the first two operands, then what they give and the third, and so on; or the pairs of
/// `path`, as opt_einsum plans them, whose results go to the end. Sizes are summed over as soon as no other operand has
/// them. None where nothing is computed (one operand in another order), where a size is 0, and of an equation that does
/// not go with the operands.
std::vector<ContractionStep> einsum_steps(std::string_view equation, const std::vector<Sizes>& operands,
                                          const std::vector<std::int64_t>& path = {});

/// The steps of torch.tensordot, which sums over `first_sizes` of the first and `second_sizes` of the second: one
/// product. None where these do not go with the operands, and where a size is 0.
std::vector<ContractionStep> tensordot_steps(const Sizes& first, const Sizes& second,
                                             const std::vector<std::int64_t>& first_sizes,
                                             const std::vector<std::int64_t>& second_sizes);

}  // namespace upmem_des::profiler

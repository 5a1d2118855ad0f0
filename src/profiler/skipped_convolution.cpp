#include "profiler/skipped_convolution.hpp"

#include <torch/torch.h>

#include <vector>

#include "profiler/libtorch_compat.hpp"

namespace upmem_des::profiler {

namespace {

using at::IntArrayRef;
using at::Tensor;

/// One number for all dimensions, or one for each.
std::int64_t at_dimension(IntArrayRef values, std::size_t i) {
  return values[values.size() == 1 ? 0 : i];
}

/// The sizes that a convolution has beside batch and channels, from libtorch's documentation of Conv2d and
/// ConvTranspose2d: (n + 2 padding − dilation (kernel − 1) − 1) / stride + 1, rounded down, and
/// (n − 1) stride − 2 padding + dilation (kernel − 1) + output_padding + 1.
struct Extent {
  std::int64_t size, kernel, stride, padding, dilation, output_padding;

  std::int64_t reach() const { return dilation * (kernel - 1) + 1; }
  std::int64_t forward() const {
    TORCH_CHECK(size + 2 * padding >= reach(), "Calculated padded input size per channel: ", size + 2 * padding,
                ". Kernel size: ", reach(), ". Kernel size can't be greater than actual input size");
    return (size + 2 * padding - reach()) / stride + 1;
  }
  std::int64_t transposed() const {
    const std::int64_t result = (size - 1) * stride - 2 * padding + reach() + output_padding;
    TORCH_CHECK(result > 0, "a transposed convolution of size ", size, " would give size ", result);
    return result;
  }
};

void check_geometry(const char* name, IntArrayRef values, std::size_t dimensions, std::int64_t min) {
  TORCH_CHECK(values.size() == 1 || values.size() == dimensions, "expected ", name,
              " to be a single integer value or a ", "list of ", dimensions,
              " values to match the convolution dimensions, but got ", name, "=", values);
  for (const std::int64_t value : values) TORCH_CHECK(value >= min, name, " ", value, " is not supported");
}

void check_operands(const Tensor& input, const Tensor& weight, const libtorch::Optional<Tensor>& bias, bool transposed,
                    std::int64_t groups) {
  TORCH_CHECK(weight.dim() > 2, "weight should have at least three dimensions");
  TORCH_CHECK(input.dim() == weight.dim(), "Expected ", weight.dim(), "-dimensional input for ", weight.dim(),
              "-dimensional weight ", weight.sizes(), ", but got ", input.dim(), "-dimensional input of size ",
              input.sizes(), " instead");
  TORCH_CHECK(input.scalar_type() == weight.scalar_type(), "Input type (", input.scalar_type(), ") and weight type (",
              weight.scalar_type(), ") should be the same");
  TORCH_CHECK(groups > 0, "groups ", groups, " is not supported");
  const std::int64_t channels = transposed ? weight.size(0) : weight.size(1) * groups;
  TORCH_CHECK(input.size(1) == channels, "Given groups=", groups, ", weight of size ", weight.sizes(),
              ", expected input", input.sizes(), " to have ", channels, " channels, but got ", input.size(1),
              " channels instead");
  const std::int64_t outputs = transposed ? weight.size(1) * groups : weight.size(0);
  if (bias && bias->defined())
    TORCH_CHECK(bias->dim() == 1 && bias->size(0) == outputs, "Given weight of size ", weight.sizes(),
                ", expected bias to be 1-dimensional with ", outputs, " elements, but got bias of size ", bias->sizes(),
                " instead");
}

Tensor convolution(const Tensor& input, const Tensor& weight, const libtorch::Optional<Tensor>& bias,
                   IntArrayRef stride, IntArrayRef padding, IntArrayRef dilation, bool transposed,
                   IntArrayRef output_padding, std::int64_t groups, bool /*benchmark*/, bool /*deterministic*/,
                   bool /*cudnn_enabled*/, bool /*allow_tf32*/) {
  check_operands(input, weight, bias, transposed, groups);
  const auto dimensions = static_cast<std::size_t>(weight.dim()) - 2;
  check_geometry("stride", stride, dimensions, 1);
  check_geometry("padding", padding, dimensions, 0);
  check_geometry("dilation", dilation, dimensions, 1);
  check_geometry("output_padding", output_padding, dimensions, 0);
  std::vector<std::int64_t> sizes{input.size(0), transposed ? weight.size(1) * groups : weight.size(0)};
  for (std::size_t i = 0; i < dimensions; ++i) {
    const auto axis = static_cast<std::int64_t>(i) + 2;
    const Extent extent{input.size(axis),         weight.size(axis),         at_dimension(stride, i),
                        at_dimension(padding, i), at_dimension(dilation, i), at_dimension(output_padding, i)};
    sizes.push_back(transposed ? extent.transposed() : extent.forward());
  }
  return at::zeros(sizes, input.options());
}

}  // namespace

void replace_convolutions(torch::Library& library) {
  library.impl("_convolution", convolution);
}

}  // namespace upmem_des::profiler

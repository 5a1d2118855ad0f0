#include "profiler/decoder/forward_pass.hpp"

#include <limits>
#include <stdexcept>

namespace upmem_des::profiler {

namespace {

double lowest(torch::ScalarType type) {
  switch (type) {
    case torch::kFloat16:
      return static_cast<double>(std::numeric_limits<c10::Half>::lowest());
    case torch::kBFloat16:
      return static_cast<double>(std::numeric_limits<c10::BFloat16>::lowest());
    default:
      return static_cast<double>(std::numeric_limits<float>::lowest());
  }
}

}  // namespace

const AttentionView& ForwardPass::view(std::int64_t window) const {
  for (const AttentionView& view : views)
    if (view.window == window) return view;
  throw std::logic_error("ForwardPass: no such window");
}

torch::Tensor selected_rows(const torch::Tensor& table, const torch::Tensor& rows) {
  if (!table.is_meta()) return torch::embedding(table, rows);
  std::vector<std::int64_t> sizes = rows.sizes().vec();
  sizes.push_back(table.size(1));
  return torch::empty(sizes, table.options());
}

torch::Tensor attention_mask(std::int64_t tokens, std::int64_t total_tokens, std::int64_t window,
                             const torch::Tensor& like) {
  const bool windowed = window > 0 && total_tokens > window;
  if (tokens == 1 && !windowed) return {};
  const auto integers = torch::dtype(torch::kInt64).device(like.device());
  const torch::Tensor rows = torch::arange(total_tokens, integers);
  const torch::Tensor positions = torch::arange(total_tokens - tokens, total_tokens, integers).unsqueeze(1);
  torch::Tensor hidden = rows > positions;
  if (windowed) hidden = hidden | (rows <= positions - window);
  return torch::zeros({tokens, total_tokens}, torch::dtype(like.scalar_type()).device(like.device()))
      .masked_fill_(hidden, lowest(like.scalar_type()));
}

}  // namespace upmem_des::profiler

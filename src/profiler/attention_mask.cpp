#include "profiler/attention_mask.hpp"

#include <algorithm>
#include <vector>

namespace upmem_des::profiler {

namespace {

constexpr std::int64_t most_rows = 64;
constexpr double least_seen = -1e4;  ///< of what is added to scores

/// How many places of a row are seen, and of those behind `own`.
struct Seen {
  std::int64_t all = 0;
  std::int64_t later = 0;
};

Seen look_at(const float* row, std::int64_t columns, std::int64_t own) {
  Seen seen;
  for (std::int64_t column = 0; column < columns; ++column) {
    if (!(row[column] > least_seen)) continue;
    ++seen.all;
    if (column > own) ++seen.later;
  }
  return seen;
}

}  // namespace

bool sees_later_rows(const at::Tensor& mask) {
  if (mask.is_meta() || mask.numel() == 0 || mask.dim() < 2) return false;
  const std::int64_t rows = mask.size(-2);
  const std::int64_t columns = mask.size(-1);
  at::Tensor matrix = mask;
  while (matrix.dim() > 2) matrix = matrix.select(0, 0);
  const std::int64_t step = (rows + most_rows - 1) / most_rows;
  matrix = matrix.slice(0, 0, rows, step);
  if (matrix.scalar_type() == at::kBool) matrix = matrix.to(at::kFloat).sub(1).mul(-2 * least_seen);
  matrix = matrix.to(at::kCPU, at::kFloat).contiguous();

  std::vector<Seen> seen;
  for (std::int64_t i = 0; i < matrix.size(0); ++i)
    seen.push_back(look_at(matrix.data_ptr<float>() + i * columns, columns, i * step + columns - rows));
  const bool all_alike = std::all_of(seen.begin(), seen.end(), [&](const Seen& row) { return row.all == seen[0].all; });
  return std::any_of(seen.begin(), seen.end(), [&](const Seen& row) {
    const bool is_padding = row.all == 0 || (row.all == columns && !all_alike);
    return row.later > 0 && !is_padding;
  });
}

}  // namespace upmem_des::profiler

#include "service/sub_batches.hpp"

#include <algorithm>
#include <numeric>
#include <tuple>
#include <utility>

namespace upmem_des {

namespace {

/// Of rows c + 1 … c + n, the first of which sees c + 1.
double pairs_of(const Slice& slice) {
  const auto rows = static_cast<double>(slice.new_rows);
  return rows * static_cast<double>(slice.cached_rows) + rows * (rows + 1) / 2;
}

struct SubBatch {
  double pairs = 0;
  std::int64_t rows = 0;
  std::vector<std::size_t> slices;
};

}  // namespace

std::vector<std::size_t> deal_out(std::vector<Slice>& slices, std::int64_t sub_batches) {
  const std::size_t count = std::min(slices.size(), static_cast<std::size_t>(sub_batches));
  if (count < 2) return {};
  std::vector<std::size_t> order(slices.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return pairs_of(slices[a]) > pairs_of(slices[b]); });
  std::vector<SubBatch> dealt(count);
  for (const std::size_t slice : order) {
    const auto least = std::min_element(dealt.begin(), dealt.end(), [](const SubBatch& a, const SubBatch& b) {
      return std::make_tuple(a.pairs, a.rows, a.slices.size()) < std::make_tuple(b.pairs, b.rows, b.slices.size());
    });
    least->pairs += pairs_of(slices[slice]);
    least->rows += slices[slice].new_rows;
    least->slices.push_back(slice);
  }
  std::vector<Slice> ordered;
  std::vector<std::size_t> ends;
  for (SubBatch& sub_batch : dealt) {
    std::sort(sub_batch.slices.begin(), sub_batch.slices.end());
    for (const std::size_t slice : sub_batch.slices) ordered.push_back(slices[slice]);
    ends.push_back(ordered.size());
  }
  slices = std::move(ordered);
  return ends;
}

}  // namespace upmem_des

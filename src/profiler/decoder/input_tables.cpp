#include "profiler/decoder/input_tables.hpp"

namespace upmem_des::profiler {

WordTable::WordTable(ModelBuilder& builder, const std::string& path, double scale)
    : words_(builder, path, builder.config().vocab_size, scale) {}

torch::Tensor WordTable::forward(const torch::Tensor& ids, std::int64_t /*first_position*/) const {
  return words_.forward(ids);
}

WordAndPositionTables::WordAndPositionTables(ModelBuilder& builder, const std::string& path, std::int64_t positions)
    : words_(builder, path + ".wte", builder.config().vocab_size),
      positions_(builder, path + ".wpe", positions),
      dropout_(builder, path + ".drop") {}

torch::Tensor WordAndPositionTables::forward(const torch::Tensor& ids, std::int64_t first_position) const {
  const torch::Tensor words = words_.forward(ids);
  const torch::Tensor positions =
      torch::arange(first_position, first_position + ids.size(1), ids.options()).expand(ids.sizes());
  return dropout_.forward(words + positions_.forward(positions));
}

}  // namespace upmem_des::profiler

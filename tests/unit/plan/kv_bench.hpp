/// One layer of grouped attention under the roofline model.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "cost/roofline_model.hpp"
#include "task_bench.hpp"

namespace upmem_des::test::kv {

inline constexpr std::int64_t batch = 2, query_heads = 8, kv_heads = 4, width = 16;

inline CostOptions grouped() {
  CostOptions options;
  options.num_key_value_heads = kv_heads;
  return options;
}

inline LayerEvent attention(std::int64_t new_rows, std::int64_t rows, std::int64_t step) {
  return test::attention({batch, query_heads, rows, width}, new_rows, step);
}

inline LayerEvent head(std::int64_t rows, std::int64_t step) {
  return test::head(batch, rows, step);
}

/// Prefill of 5 rows, one attention layer, then two decode passes.
inline std::vector<LayerEvent> passes() {
  return {attention(5, 5, 0), head(5, 0), attention(1, 6, 1), head(1, 1), attention(1, 7, 2), head(1, 2)};
}

class KvBench : public TaskBench {
 public:
  explicit KvBench(std::size_t devices, bool mesh = true) : KvBench(devices, mesh, new RooflineModel(grouped())) {}

  double cache_moves_B() const {
    double bytes = 0;
    for (const auto& timed : tasks)
      if (std::string(timed.task.purpose) == "KV cache") bytes += timed.task.bytes;
    return bytes;
  }

 private:
  KvBench(std::size_t devices, bool mesh, RooflineModel* owned) : TaskBench(star(devices, mesh), owned), model_(owned) {
    rules.query_heads = query_heads;
    rules.key_value_heads = kv_heads;
  }
  std::unique_ptr<RooflineModel> model_;
};

}  // namespace upmem_des::test::kv

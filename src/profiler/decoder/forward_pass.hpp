/// What all layers of a forward pass share.
#pragma once

#include <torch/torch.h>

#include <vector>

#include "profiler/decoder/kv_cache.hpp"
#include "profiler/decoder/rotary_embedding.hpp"

namespace upmem_des::profiler {

/// What new tokens see of the rows so far.
struct AttentionView {
  std::int64_t window = 0;  ///< rows, the token's own included; 0: all
  torch::Tensor mask;       ///< [T, L], added to the scores; undefined: every new token sees all rows up to its own
  bool causal = false;      ///< instead of a mask, for attention that can do without: row i sees the rows 0 … i
};

struct ForwardPass {
  std::int64_t batch = 1;                       ///< B
  std::int64_t tokens = 1;                      ///< T: new ones, for each batch row
  std::int64_t first_position = 0;              ///< of the new tokens
  std::vector<RotaryEmbedding::Angles> angles;  ///< of each of the model's rotary tables
  std::vector<AttentionView> views;             ///< of each window that a layer of the model has
  KvCache* cache = nullptr;

  /// Throws std::logic_error on a window that no layer has.
  const AttentionView& view(std::int64_t window) const;
};

/// The rows of `table` [n, width] that `rows` counts from 0: [sizes of rows…, width]. Libtorch's meta device has no
/// operator for it; there the shape is right.
torch::Tensor selected_rows(const torch::Tensor& table, const torch::Tensor& rows);

/// What is added to the scores of T tokens from position L − T on: 0 for the rows that a token sees, else the number
/// format's lowest number. A token at position p sees the rows p − window + 1 … p, or 0 … p without a window (0).
/// Number format and device as those of `like`. Undefined where nothing is masked.
torch::Tensor attention_mask(std::int64_t tokens, std::int64_t total_tokens, std::int64_t window,
                             const torch::Tensor& like);

}  // namespace upmem_des::profiler

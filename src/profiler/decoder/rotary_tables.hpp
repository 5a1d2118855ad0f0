/// The cosines and sines of a pass's positions, as a call that all layers share.
#pragma once

#include <optional>
#include <string>

#include "profiler/decoder/model_builder.hpp"
#include "profiler/decoder/rotary_embedding.hpp"

namespace upmem_des::profiler {

class RotaryTables {
 public:
  /// Not recorded.
  explicit RotaryTables(RotaryEmbedding rotary) : rotary_(std::move(rotary)) {}
  /// Recorded as the layer `path`, of [B, T, width].
  RotaryTables(const ModelBuilder& builder, const std::string& path, std::int64_t width, RotaryEmbedding rotary)
      : info_(builder.layer(path).info), width_(width), rotary_(std::move(rotary)) {}

  /// For the positions of `hidden` [B, T, hidden_size].
  RotaryEmbedding::Angles angles(const torch::Tensor& hidden, std::int64_t first_position) const;

 private:
  std::optional<LayerInfo> info_;
  std::int64_t width_ = 0;
  RotaryEmbedding rotary_;
};

}  // namespace upmem_des::profiler

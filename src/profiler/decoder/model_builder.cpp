#include "profiler/decoder/model_builder.hpp"

#include <stdexcept>

#include "upmem_des/model/family_registry.hpp"

namespace upmem_des::profiler {

ModelBuilder::ModelBuilder(const DecoderConfig& config, const DecoderNumerics& numerics, const DecoderOptions& options,
                           WeightSource& weights)
    : config_(config),
      numerics_(numerics),
      options_(options),
      weights_(weights),
      description_(describe_decoder(config)),
      layers_(description_) {}

const LayerGroup& ModelBuilder::group(std::int64_t layer) const {
  for (const LayerGroup& group : description_.groups) {
    if (layer < group.layers) return group;
    layer -= group.layers;
  }
  throw std::logic_error("ModelBuilder: no such layer is described");
}

/// The first attention function of the layer.
operation::Attention ModelBuilder::attention(std::int64_t layer) const {
  for (const Call& call : group(layer).calls) {
    const auto* attention = call.operation == nullptr ? nullptr : as<operation::Attention>(*call.operation);
    if (attention != nullptr) return *attention;
  }
  throw std::logic_error("ModelBuilder: no attention is described in a layer");
}

std::int64_t ModelBuilder::window(std::int64_t layer) const {
  using Mask = operation::Attention::Mask;
  const operation::Attention described = attention(layer);
  if (described.mask == Mask::Run) return config_.sliding_window.value_or(0);
  return described.mask == Mask::Window ? described.window : 0;
}

bool ModelBuilder::is_windowed(std::int64_t layer) const {
  return attention(layer).mask == operation::Attention::Mask::Window;
}

}  // namespace upmem_des::profiler

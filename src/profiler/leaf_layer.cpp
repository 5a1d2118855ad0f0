#include "profiler/leaf_layer.hpp"

#include "profiler/event_shape.hpp"

namespace upmem_des::profiler {

LayerInfo leaf_layer(std::string_view type, const std::string& path, std::size_t id) {
  LayerInfo layer;
  layer.type = event_name(type);
  layer.path = path.empty() ? Name() : event_name(path);
  layer.name = path.empty() ? layer.type : event_name(std::string_view(path).substr(path.rfind('.') + 1));
  layer.id = static_cast<std::int64_t>(id);
  layer.weight = {1, 1};
  return layer;
}

bool is_rms_norm(const LayerInfo& layer) {
  constexpr std::string_view ending = "RMSNorm";
  const std::string_view type = layer.type.str();
  return type.size() >= ending.size() && type.substr(type.size() - ending.size()) == ending;
}

std::array<std::int64_t, 2> same_padding(const std::array<std::int64_t, 2>& dilation,
                                         const std::array<std::int64_t, 2>& kernel) {
  return {dilation[0] * (kernel[0] - 1) / 2, dilation[1] * (kernel[1] - 1) / 2};
}

}  // namespace upmem_des::profiler

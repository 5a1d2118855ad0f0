#include "profiler/decoder/model_builder.hpp"

namespace upmem_des::profiler {

LayerInfo ModelBuilder::layer(const char* type, const std::string& path, const Shape& weight, const char* name) {
  LayerInfo info;
  info.type = Name(type);
  info.path = Name(path);
  const std::size_t dot = path.rfind('.');
  info.name = Name(name != nullptr ? std::string_view(name) : std::string_view(path).substr(dot + 1));
  info.id = ids_.next();
  info.weight = weight;
  return info;
}

}  // namespace upmem_des::profiler

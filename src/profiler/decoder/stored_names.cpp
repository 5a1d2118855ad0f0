#include "profiler/decoder/stored_names.hpp"

#include <charconv>

namespace upmem_des::profiler {

namespace {

/// `name` without `prefix`; none where it begins otherwise.
std::optional<std::string> without(const std::string& name, const std::string& prefix) {
  if (name.rfind(prefix, 0) != 0) return std::nullopt;
  return name.substr(prefix.size());
}

std::vector<std::string> other_names(const std::string& name) {
  std::vector<std::string> names;
  if (const auto inner = without(name, "model.")) names.push_back("model.language_model." + *inner);
  names.push_back("language_model." + name);
  for (const char* prefix : {"model.", "transformer."})
    if (const auto inner = without(name, prefix)) names.push_back(*inner);
  return names;
}

struct ExpertTensor {
  std::string experts;  ///< "model.layers.0.mlp.experts"
  std::int64_t expert = 0;
  std::string projection;
};

std::optional<ExpertTensor> expert_tensor(const std::string& name) {
  const std::string middle = ".experts.";
  const std::string end = ".weight";
  const std::size_t at = name.find(middle);
  if (at == std::string::npos || name.size() < end.size() || name.substr(name.size() - end.size()) != end)
    return std::nullopt;
  const std::string rest = name.substr(at + middle.size(), name.size() - end.size() - at - middle.size());
  const std::size_t dot = rest.find('.');
  ExpertTensor tensor;
  if (dot == std::string::npos) return std::nullopt;
  const auto parsed = std::from_chars(rest.data(), rest.data() + dot, tensor.expert);
  if (parsed.ec != std::errc() || parsed.ptr != rest.data() + dot) return std::nullopt;
  tensor.experts = name.substr(0, at + middle.size() - 1);
  tensor.projection = rest.substr(dot + 1);
  return tensor;
}

}  // namespace

std::string stored_name(const Checkpoint& checkpoint, const std::string& name) {
  if (checkpoint.has(name)) return name;
  for (const std::string& other : other_names(name))
    if (checkpoint.has(other)) return other;
  return name;
}

std::optional<StoredPart> packed_part(const Checkpoint& checkpoint, const std::string& name, std::int64_t experts,
                                      c10::IntArrayRef sizes) {
  if (experts == 0 || checkpoint.has(name)) return std::nullopt;
  const std::optional<ExpertTensor> tensor = expert_tensor(name);
  if (!tensor) return std::nullopt;
  const bool is_down = tensor->projection == "down_proj";
  if (!is_down && tensor->projection != "gate_proj" && tensor->projection != "up_proj") return std::nullopt;
  StoredPart part;
  part.name = stored_name(checkpoint, tensor->experts + (is_down ? ".down_proj" : ".gate_up_proj"));
  if (!checkpoint.has(part.name)) return std::nullopt;
  const std::int64_t elements = sizes[0] * sizes[1];
  const std::int64_t halves = is_down ? 1 : 2;
  part.whole = {experts, halves * sizes[0], sizes[1]};
  part.first = (tensor->expert * halves + (tensor->projection == "up_proj" ? 1 : 0)) * elements;
  return part;
}

}  // namespace upmem_des::profiler

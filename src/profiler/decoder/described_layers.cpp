#include "profiler/decoder/described_layers.hpp"

#include <map>
#include <stdexcept>

namespace upmem_des::profiler {

DescribedLayers::DescribedLayers(const DecoderDescription& description) {
  for (const auto* calls : {&description.prologue, &description.epilogue})
    for (const Call& call : *calls) add(call, "", 0);
  std::map<std::string, std::int64_t> numbers;  // of layers so far, by the groups' paths
  std::int64_t first_id = description.first_layer_id;
  for (const LayerGroup& group : description.groups)
    for (std::int64_t layer = 0; layer < group.layers; ++layer) {
      add(group, numbers[group.path]++, first_id);
      first_id += group.modules;
    }
}

void DescribedLayers::add(const LayerGroup& group, std::int64_t number, std::int64_t first_id) {
  const std::string prefix = group.path + (group.is_numbered ? "." + std::to_string(number) : "") + ".";
  for (const auto* calls : {&group.calls, &group.after_experts})
    for (const Call& call : *calls) add(call, prefix, first_id);
  const ExpertGroup& experts = group.experts;
  for (std::int64_t expert = 0; expert < experts.experts; ++expert)
    for (const Call& call : experts.calls)
      add(call, prefix + experts.path + "." + std::to_string(expert) + ".",
          first_id + experts.first_id + expert * experts.modules);
}

void DescribedLayers::add(const Call& call, const std::string& prefix, std::int64_t first_id) {
  if (call.kind != EventKind::Layer) return;
  const std::string path = prefix + call.path;
  Entry entry;
  entry.info.type = call.type;
  entry.info.name = call.name;
  entry.info.path = Name(path);
  entry.info.id = first_id + call.id.value_or(0);
  entry.info.weight = call.weight.value_or(Shape{1, 1});
  entry.operation = call.operation;
  entries_.emplace(path, entry);
}

const DescribedLayers::Entry& DescribedLayers::at(const std::string& path) const {
  const auto found = entries_.find(path);
  if (found == entries_.end()) throw std::logic_error("DescribedLayers: no layer '" + path + "' is described");
  return found->second;
}

}  // namespace upmem_des::profiler

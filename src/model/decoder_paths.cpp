#include "model/decoder_paths.hpp"

#include <algorithm>
#include <string>

namespace upmem_des {

namespace {

void add_paths(const std::vector<Call>& calls, Attention attention, Phase phase, const std::string& prefix,
               std::vector<Name>& paths) {
  for (const Call& call : calls)
    if (is_made(call, attention, phase)) paths.push_back(call.path.empty() ? Name() : Name(prefix + call.path));
}

}  // namespace

GroupPaths paths_of(const LayerGroup& group, std::int64_t first_layer, Attention attention, Phase phase) {
  GroupPaths paths;
  for (std::int64_t layer = 0; layer < group.layers; ++layer) {
    const std::string number = group.is_numbered ? "." + std::to_string(first_layer + layer) : "";
    const std::string prefix = group.path + number + ".";
    add_paths(group.calls, attention, phase, prefix, paths.calls);
    for (std::int64_t expert = 0; expert < group.experts.experts; ++expert)
      add_paths(group.experts.calls, attention, phase, prefix + group.experts.path + "." + std::to_string(expert) + ".",
                paths.expert_calls);
    add_paths(group.after_experts, attention, phase, prefix, paths.after_experts);
  }
  return paths;
}

std::vector<Name> paths_of(const std::vector<Call>& calls, Attention attention, Phase phase) {
  std::vector<Name> paths;
  add_paths(calls, attention, phase, "", paths);
  return paths;
}

double path_count(const LayerGroup& group) {
  // Layers and experts without calls are walked over, too.
  const auto at_least_one = [](std::size_t calls) { return static_cast<double>(std::max<std::size_t>(calls, 1)); };
  return static_cast<double>(group.layers) *
         (at_least_one(group.calls.size() + group.after_experts.size()) +
          static_cast<double>(group.experts.experts) * at_least_one(group.experts.calls.size()));
}

}  // namespace upmem_des

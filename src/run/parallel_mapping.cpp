#include "run/parallel_mapping.hpp"

#include <algorithm>

#include "platform/device_names.hpp"
#include "run/mesh.hpp"
#include "util/suggest.hpp"

namespace upmem_des {

namespace {

[[noreturn]] void fail(const ParallelSection& parallel, const std::string& key, const std::string& problem) {
  throw InputError(parallel.where, key, problem);
}

std::vector<DeviceIndex> devices_of(const ParallelSection& parallel, const PlatformSpec& platform) {
  if (!parallel.devices.empty()) return resolve_devices(platform, parallel.devices, parallel.where, "parallel.devices");
  std::vector<std::string> names;
  for (const DeviceGroup& group : platform.groups) names.push_back(group.name);
  if (names.size() != 1)
    fail(
        parallel, "parallel.devices",
        "missing, and the platform has " + std::to_string(names.size()) + " groups; expected some of " + listed(names));
  return resolve_devices(platform, names.front(), parallel.where, "parallel.devices");
}

Mesh mesh_of(const ParallelSection& parallel) {
  std::vector<Mesh::Axis> axes;
  for (const std::string& name : parallel.order)
    axes.push_back({name, static_cast<std::size_t>(parallel.size_of(name))});
  return Mesh(std::move(axes));
}

/// The devices of a stage: group after group, as a mapping lists them.
std::string stage_devices(const PlatformSpec& platform, const std::vector<DeviceIndex>& devices, const Mesh& mesh,
                          std::size_t stage) {
  const std::size_t tensor = mesh.size("tp"), context = mesh.size("cp");
  std::vector<std::string> names(tensor * context * mesh.size("dp"));
  for (std::size_t place = 0; place < devices.size(); ++place)
    if (mesh.coordinate(place, "pp") == stage)
      names[(mesh.coordinate(place, "dp") * context + mesh.coordinate(place, "cp")) * tensor +
            mesh.coordinate(place, "tp")] = platform.devices[devices[place]].name;
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : "+") + name;
  return text;
}

/// The long form of one scenario's section.
class LongForm {
 public:
  LongForm(const Scenario& scenario, const PlatformSpec& platform, const WorkloadFacts& facts)
      : parallel_(*scenario.parallel),
        platform_(platform),
        facts_(facts),
        devices_(devices_of(parallel_, platform)),
        mesh_(mesh_of(parallel_)) {}

  void add_to(MappingSection& mapping) const {
    if (parallel_.pipeline == 1) {
      mapping.default_device = whole_stage(0, "", "default");
      if (parallel_.experts > 1) mapping.experts = experts(0, "");
      return;
    }
    const std::vector<std::int64_t> stages = layers_of_stages(facts_.decoder_layers, parallel_.pipeline);
    std::int64_t first = 0;
    for (std::size_t i = 0; i < stages.size(); ++i) {
      const std::int64_t last = first + stages[i] - 1;
      const std::string text =
          first == last ? std::to_string(first) : std::to_string(first) + ".." + std::to_string(last);
      LayerRangeEntry range{first, last, whole_stage(i, "layers.", text), {}};
      if (parallel_.experts > 1) range.experts = experts(i, "layers." + text + ".");
      mapping.layers.push_back(std::move(range));
      first = last + 1;
    }
    // What comes after the decoder layers stays on the last stage, where its input is.
    for (const std::string& name : facts_.first_names) {
      const bool is_placed = std::any_of(mapping.lines.begin(), mapping.lines.end(),
                                         [&](const MappingEntry& line) { return line.layer == name; });
      if (!is_placed) mapping.lines.push_back(whole_stage(0, "", name));
    }
  }

 private:
  MappingEntry on_stage(std::size_t stage, const std::string& section, const std::string& layer) const {
    MappingEntry entry;
    entry.layer = layer;
    entry.section = section;
    entry.device = stage_devices(platform_, devices_, mesh_, stage);
    entry.where = parallel_.where;
    return entry;
  }

  MappingEntry whole_stage(std::size_t stage, const std::string& section, const std::string& layer) const {
    MappingEntry entry = on_stage(stage, section, layer);
    entry.replicas = parallel_.data * parallel_.context;
    entry.context = parallel_.context;
    // One device a group has all of its rows.
    if (parallel_.tensor > 1) entry.shares = parallel_.shares;
    entry.sequence_parallel = parallel_.sequence_parallel;
    return entry;
  }

  MappingEntry experts(std::size_t stage, const std::string& section) const {
    MappingEntry entry = on_stage(stage, section, "experts");
    if (parallel_.experts < parallel_.tensor * parallel_.context * parallel_.data) entry.groups = parallel_.experts;
    return entry;
  }

  const ParallelSection& parallel_;
  const PlatformSpec& platform_;
  const WorkloadFacts& facts_;
  const std::vector<DeviceIndex> devices_;
  const Mesh mesh_;
};

}  // namespace

std::vector<std::int64_t> layers_of_stages(std::int64_t layers, std::int64_t stages) {
  std::vector<std::int64_t> counts(static_cast<std::size_t>(stages), layers / stages);
  const auto remaining = static_cast<std::size_t>(layers % stages);
  for (std::size_t i = 0; i < remaining; ++i) ++counts[counts.size() - 2 - i];
  return counts;
}

void check_parallel(const Scenario& scenario, const PlatformSpec& platform) {
  if (!scenario.parallel) return;
  const ParallelSection& parallel = *scenario.parallel;
  const std::size_t count = devices_of(parallel, platform).size();
  const std::size_t product = mesh_of(parallel).size();
  if (product != count)
    fail(parallel, "parallel",
         "tp · pp · cp · dp = " + std::to_string(parallel.tensor) + " · " + std::to_string(parallel.pipeline) + " · " +
             std::to_string(parallel.context) + " · " + std::to_string(parallel.data) + " = " +
             std::to_string(product) + ", but there are " + std::to_string(count) +
             " devices; expected axes that multiply to " + std::to_string(count) +
             ", or fewer devices under parallel.devices");
}

std::vector<std::vector<DeviceIndex>> devices_of_ranks(const Scenario& scenario, const PlatformSpec& platform) {
  const ParallelSection& parallel = *scenario.parallel;
  const std::vector<DeviceIndex> devices = devices_of(parallel, platform);
  const Mesh mesh = mesh_of(parallel);
  std::vector<std::vector<DeviceIndex>> ranks(mesh.size("dp"));
  for (std::size_t place = 0; place < devices.size(); ++place)
    ranks[mesh.coordinate(place, "dp")].push_back(devices[place]);
  return ranks;
}

Scenario laid_out(const Scenario& scenario, const PlatformSpec& platform, const WorkloadFacts& facts) {
  Scenario laid = scenario;
  if (!scenario.parallel) return laid;
  check_parallel(scenario, platform);
  const ParallelSection& parallel = *scenario.parallel;
  if (parallel.pipeline > 1 && parallel.pipeline > facts.decoder_layers)
    fail(parallel, "parallel.pp",
         std::to_string(parallel.pipeline) + " stages, but the workload has " +
             (facts.decoder_layers == 0 ? "no decoder layers with numbers in their paths; expected 1"
                                        : std::to_string(facts.decoder_layers) + " decoder layers; expected at most " +
                                              std::to_string(facts.decoder_layers)));
  LongForm(scenario, platform, facts).add_to(laid.mapping);
  return laid;
}

}  // namespace upmem_des

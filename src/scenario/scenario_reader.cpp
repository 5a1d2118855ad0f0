#include "scenario/scenario_reader.hpp"

#include <filesystem>
#include <utility>

#include "price/cost_reader.hpp"
#include "scenario/check_settings.hpp"
#include "scenario/mapping_reader.hpp"
#include "scenario/parallel_reader.hpp"
#include "scenario/ranges.hpp"
#include "scenario/read_values.hpp"
#include "scenario/serving_reader.hpp"
#include "scenario/workload_reader.hpp"
#include "upmem_des/util/find_file.hpp"
#include "util/regular_file.hpp"
#include "util/yaml.hpp"
#include "util/yaml_merge.hpp"

namespace upmem_des {

namespace fs = std::filesystem;

namespace {

constexpr const char* files_key = "files";

MoeSection read_moe(const YamlNode& node) {
  MoeSection moe;
  YamlMap map(node);
  moe.where = node.where;
  moe.end = yaml_text(map.required("end"));
  moe.experts_per_token = yaml_integer(map.required("experts_per_token"), 1, most_experts_per_token);
  map.done();
  return moe;
}

/// Devices, or a map with them and a share.
std::optional<OffloadEntry> read_offload_entry(const YamlNode* node) {
  if (node == nullptr) return std::nullopt;
  OffloadEntry entry;
  entry.where = node->where;
  if (node->kind == YamlNode::Kind::Map) {
    YamlMap map(*node);
    entry.to = yaml_text(map.required("to"));
    if (const YamlNode* share = map.optional("share")) entry.share = yaml_number(*share, {0, 1, true});
    map.done();
  } else if (node->kind == YamlNode::Kind::Scalar) {
    entry.to = yaml_text(*node);
  } else {
    yaml_error(*node, (node->kind == YamlNode::Kind::Null ? std::string("nothing") : std::string("a list")) +
                          "; expected devices, or {to: DEVICES, share: SHARE}");
  }
  return entry;
}

OffloadSection read_offload(const YamlNode& node) {
  OffloadSection offload;
  YamlMap map(node);
  offload.weights = read_offload_entry(map.optional("weights"));
  offload.kv_cache = read_offload_entry(map.optional("kv_cache"));
  map.done();
  if (offload.empty()) yaml_error(node, "empty; expected weights: DEVICES, kv_cache: DEVICES, or both");
  return offload;
}

/// true, false, or a map with the size of a buffer.
void read_prefetch(const YamlNode& node, SimulationSection& simulation) {
  if (node.kind != YamlNode::Kind::Map) {
    simulation.prefetch_weights = yaml_truth_or(node, "{buffer_MB: SIZE}");
    return;
  }
  YamlMap map(node);
  simulation.prefetch_weights = true;
  simulation.prefetch_buffer_MB = yaml_number(map.required("buffer_MB"), {smallest_buffer_MB, largest_buffer_MB});
  map.done();
}

/// What takes effect between events that run at once.
void read_dataflow_options(YamlMap& map, SimulationSection& simulation) {
  const bool dataflow = simulation.schedule == "dataflow";
  const auto check = [&](const char* key, bool used, const char* unused) {
    if (used && !dataflow)
      yaml_error(*map.optional(key),
                 std::string("needs simulation.schedule: dataflow; expected that, or ") + unused + " with sequential");
  };
  const auto count = [&](const char* key, std::int64_t most, std::int64_t& value) {
    if (const YamlNode* node = map.optional(key)) value = yaml_integer(*node, 1, most);
    check(key, value > 1, "1");
  };
  if (const YamlNode* node = map.optional("prefetch_weights")) read_prefetch(*node, simulation);
  check("prefetch_weights", simulation.prefetch_weights, "false");
  count("chunks", most_chunks, simulation.chunks);
  count("microbatches", most_microbatches, simulation.microbatches);
  if (const YamlNode* node = map.optional("microbatches")) simulation.microbatches_where = node->where;
  count("interleave", most_microbatches, simulation.interleave);
  if (const YamlNode* node = map.optional("interleave")) simulation.interleave_where = node->where;
  check_interleave(simulation);
}

Faster read_faster(const YamlNode& node) {
  Faster faster;
  YamlMap map(node);
  const auto factor = [&map](const char* key, double& value) {
    if (const YamlNode* given = map.optional(key)) value = yaml_number(*given, {least_factor, largest_factor});
  };
  factor("memory", faster.memory);
  factor("arithmetic", faster.arithmetic);
  factor("links", faster.links);
  map.done();
  return faster;
}

SimulationSection read_simulation(const YamlNode& node) {
  SimulationSection simulation;
  YamlMap map(node, true);
  simulation.cost_model_where = simulation.schedule_where = node.where;
  if (const YamlNode* model = map.optional("cost_model")) {
    simulation.cost_model = yaml_text(*model);
    simulation.cost_model_where = model->where;
  }
  if (const YamlNode* schedule = map.optional("schedule")) {
    simulation.schedule = yaml_choice(*schedule, {"sequential", "dataflow"});
    simulation.schedule_where = schedule->where;
  }
  read_truth(map, "segments", simulation.segments);
  simulation.num_key_value_heads = read_count(map, "num_key_value_heads");
  simulation.sliding_window = read_count(map, "sliding_window");
  read_dataflow_options(map, simulation);
  if (const YamlNode* unknown = map.optional("unknown_operators"))
    simulation.unknown_operators = yaml_choice(*unknown, {"error", "memory", "skip"});
  read_truth(map, "allow_overflow", simulation.allow_overflow);
  read_truth(map, "ideal_links", simulation.ideal_links);
  read_truth(map, "ideal_devices", simulation.ideal_devices);
  if (const YamlNode* faster = map.optional("faster")) simulation.faster = read_faster(*faster);
  const auto overhead = [&](const char* key, double& value) {
    if (const YamlNode* given = map.optional(key))
      value = yaml_number(*given, NumberRange::not_negative(largest_overhead_us));
  };
  overhead("step_overhead_us", simulation.step_overhead_us);
  overhead("per_sequence_overhead_us", simulation.per_sequence_overhead_us);
  map.done();
  return simulation;
}

/// A path, or a map with the path and changes.
void read_platform(const YamlNode& node, const std::string& file, Scenario& scenario) {
  const YamlNode* path = &node;
  if (node.kind == YamlNode::Kind::Map) {
    YamlMap map(node);
    path = &map.required("file");
    scenario.platform_changes = YamlNode::map();
    for (const char* const section : {"host", "cost", "links", "devices", "networks"})
      if (const YamlNode* changes = map.optional(section)) scenario.platform_changes.add(section, *changes);
    map.done();
  }
  scenario.platform = resolve_path(*path, file, FileKind::platform);
  scenario.platform_where = path->where;
}

/// A list of files, or a map with it and figures of profiles by their names.
void read_architecture_section(const YamlNode& node, const std::string& file, Scenario& scenario) {
  const YamlNode* files = &node;
  if (node.kind == YamlNode::Kind::Map) {
    files = node.find(files_key);
    scenario.architecture_changes = YamlNode::map();
    for (const auto& [name, figures] : node.entries) {
      if (name == files_key) continue;
      if (figures.kind != YamlNode::Kind::Map)
        yaml_error(figures, "no figures; expected a mapping, such as {mem_bw_GBs: 4800}");
      scenario.architecture_changes.add(name, figures);
    }
    if (scenario.architecture_changes.entries.empty()) scenario.architecture_changes = YamlNode();
  }
  if (files == nullptr) return;
  for (const YamlNode& item : yaml_sequence(*files)) scenario.architectures.push_back(resolve_path(item, file));
}

/// So that a setting of a figure finds a map where the file has a section's path or list of paths alone.
void open_section(YamlNode& root, const std::string& setting, const std::string& section, YamlNode::Kind kind,
                  const std::string& paths_key) {
  if (setting.rfind(section + ".", 0) != 0 || root.kind != YamlNode::Kind::Map) return;
  YamlNode* const node = find_entry(root, section);
  if (node == nullptr || node->kind != kind) return;
  YamlNode paths = std::move(*node);
  *node = YamlNode::map();
  node->where = paths.where;
  node->key = std::exchange(paths.key, paths.key + "." + paths_key);
  node->add(paths_key, std::move(paths));
}

/// What holds for a described model where the file does not say: what servers do, and under `reference` what was
/// published.
void fill_defaults(const YamlNode& workload, Scenario& scenario) {
  if (scenario.workload.model.empty() || scenario.workload.profile) return;
  const bool published = scenario.simulation.cost_model == "reference";
  DecoderSettings& run = scenario.workload.run;
  if (workload.find("logits") == nullptr) run.logits = published ? Logits::all : Logits::last;
  const YamlNode* const detail = workload.find("detail");
  if (detail == nullptr) run.detail = published ? Detail::layers : Detail::kernels;
  if (detail != nullptr && published && run.detail == Detail::kernels)
    yaml_error(*detail,
               "'kernels' does not go with cost model reference, which knows layers; expected layers, or "
               "cost_model: roofline");
  if (workload.find("routing") == nullptr) run.routing = published ? Routing::round_robin : Routing::balanced;
}

Scenario read_scenario(const YamlNode& root, const std::string& file) {
  if (root.kind == YamlNode::Kind::Null) throw InputError({file}, "empty; expected a scenario");
  Scenario scenario;
  scenario.file = file;
  YamlMap map(root);
  const YamlNode* name = map.optional("name");
  scenario.name = name != nullptr ? yaml_text(*name) : fs::path(file).stem().string();
  const YamlNode& workload = map.required("workload");
  const YamlNode* platform = map.optional("platform");
  const YamlNode* mapping = map.optional("mapping");
  const YamlNode* parallel = map.optional("parallel");
  const YamlNode* moe = map.optional("moe");
  const YamlNode* collectives = map.optional("collectives");
  const YamlNode* offload = map.optional("offload");
  const YamlNode* serving = map.optional("serving");
  const YamlNode* architectures = map.optional("architectures");
  const YamlNode* simulation = map.optional("simulation");
  const YamlNode* cost = map.optional("cost");
  map.done();
  scenario.workload = read_workload(workload, file);
  if (platform != nullptr) read_platform(*platform, file, scenario);
  if (mapping != nullptr) read_mapping(*mapping, scenario);
  if (moe != nullptr) scenario.moe = read_moe(*moe);
  if (collectives != nullptr) scenario.collectives = read_named_choices(*collectives);
  if (offload != nullptr) scenario.offload = read_offload(*offload);
  if (serving != nullptr && !scenario.workload.requests)
    yaml_error(*serving, "needs what a server is asked; expected workload.requests");
  if (serving != nullptr) scenario.serving = read_serving(*serving, file);
  if (serving == nullptr && scenario.workload.requests) scenario.serving = default_serving(workload);
  if (architectures != nullptr) read_architecture_section(*architectures, file, scenario);
  if (simulation != nullptr) scenario.simulation = read_simulation(*simulation);
  if (cost != nullptr) scenario.cost = read_cost_section(*cost);
  if (parallel != nullptr) scenario.parallel = read_parallel(*parallel, scenario);
  fill_defaults(workload, scenario);
  return scenario;
}

}  // namespace

namespace {

/// The devices of mapping.default as a file has them; empty where it has none, or more than a text.
std::string default_of(const YamlNode& root) {
  const YamlNode* mapping = root.kind == YamlNode::Kind::Map ? root.find("mapping") : nullptr;
  const YamlNode* line =
      mapping != nullptr && mapping->kind == YamlNode::Kind::Map ? mapping->find("default") : nullptr;
  if (line == nullptr || line->kind != YamlNode::Kind::Scalar) return {};
  return line->scalar.substr(0, line->scalar.find(','));
}

}  // namespace

Scenario load_scenario(const std::string& path, const ScenarioOverrides& overrides) {
  std::error_code error;
  const std::string file = find_named_file(path, FileKind::scenario);
  // What that one refers to is relative to the working folder.
  YamlNode root = read_yaml_stream(file == "-" ? "/dev/stdin" : file);
  const std::string default_before = default_of(root);
  for (const auto& setting : overrides.settings) {
    open_section(root, setting.key, "platform", YamlNode::Kind::Scalar, "file");
    open_section(root, setting.key, "architectures", YamlNode::Kind::Sequence, files_key);
    set_yaml_value(root, setting.key, setting.value, setting.option);
  }
  Scenario scenario = read_scenario(root, file);
  for (const auto& setting : overrides.settings) {
    scenario.changes.push_back({setting.key, setting.value});
    if (setting.key == "mapping.default") scenario.default_before = default_before;
  }
  for (const std::string& architecture : overrides.architectures) {
    if (!fs::exists(architecture, error))
      throw InputError({architecture}, "no such file" + did_you_mean_file(architecture));
    scenario.architectures.push_back(architecture);
    scenario.changes.push_back({"architectures", fs::path(architecture).filename().string()});
  }
  return scenario;
}

ScenarioOverrides::Setting parse_setting(const std::string& text, const std::string& option) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0)
    throw InputError({option}, "'" + text + "' sets nothing; expected key=value, such as workload.batch=8");
  return {text.substr(0, equals), text.substr(equals + 1), option};
}

}  // namespace upmem_des

#include "scenario/scenario_reader.hpp"

#include <algorithm>
#include <filesystem>

#include "util/data_folder.hpp"
#include "util/suggest.hpp"
#include "util/yaml.hpp"

namespace upmem_des {

namespace fs = std::filesystem;

namespace {

constexpr std::int64_t largest_count = 1'000'000'000;

std::string folder_of(const std::string& file) {
  const fs::path folder = fs::path(file).parent_path();
  return folder.empty() ? "." : folder.string();
}

/// A path named by the scenario, or by an option on the command line.
std::string resolve(const YamlNode& node, const std::string& scenario_file) {
  const std::string path = yaml_text(node);
  const bool from_option = node.where.file != scenario_file;
  std::string found = find_data_file(path, from_option ? "." : folder_of(scenario_file));
  std::error_code error;
  if (!fs::exists(found, error)) yaml_error(node, "no such file: " + found);
  if (fs::equivalent(found, scenario_file, error)) yaml_error(node, "the scenario names itself; expected another file");
  return found;
}

std::optional<DataType> read_data_type(YamlMap& map, const std::string& key) {
  const YamlNode* node = map.optional(key);
  if (node == nullptr) return std::nullopt;
  return parse_data_type(yaml_choice(*node, data_type_names()));
}

template <class Value>
void read_choice(YamlMap& map, const std::string& key, const std::vector<std::string>& names,
                 std::optional<Value> (*parse)(std::string_view), Value& value) {
  if (const YamlNode* node = map.optional(key)) value = *parse(yaml_choice(*node, names));
}

void read_truth(YamlMap& map, const std::string& key, bool& value) {
  if (const YamlNode* node = map.optional(key)) value = yaml_truth(*node);
}

std::optional<std::int64_t> read_count(YamlMap& map, const std::string& key) {
  const YamlNode* node = map.optional(key);
  if (node == nullptr) return std::nullopt;
  return yaml_integer(*node, 1, largest_count);
}

/// The keys that only a model's run has.
void read_model_run(YamlMap& map, DecoderRun& run) {
  run.prompt_tokens = yaml_integer(map.required("prompt_tokens"), 1, largest_count);
  run.output_tokens = yaml_integer(map.required("output_tokens"), 1, largest_count);
  read_choice(map, "attention", attention_names(), parse_attention, run.attention);
  read_choice(map, "logits", logits_names(), parse_logits, run.logits);
  read_truth(map, "sampling", run.sampling);
  read_choice(map, "routing", routing_names(), parse_routing, run.routing);
  if (const YamlNode* seed = map.optional("routing_seed"))
    run.routing_seed = static_cast<std::uint64_t>(yaml_integer(*seed, 0, largest_count));
  read_truth(map, "call_empty_experts", run.call_empty_experts);
}

Workload read_workload(const YamlNode& node, const std::string& file) {
  Workload workload;
  YamlMap map(node);
  const YamlNode* model = map.optional("model");
  const YamlNode* trace = map.optional("trace");
  if ((model == nullptr) == (trace == nullptr))
    yaml_error(node, model == nullptr ? "has neither a model nor a trace; expected one of them"
                                      : "has both a model and a trace; expected one of them");
  const YamlNode& source = model != nullptr ? *model : *trace;
  workload.source_where = source.where;
  (model != nullptr ? workload.model : workload.trace) = resolve(source, file);

  workload.dtype = read_data_type(map, "dtype");
  workload.kv_dtype = read_data_type(map, "kv_dtype");
  workload.batch = read_count(map, "batch");
  workload.batch_where = node.find("batch") != nullptr ? node.find("batch")->where : node.where;
  if (model != nullptr) {
    read_model_run(map, workload.run);
    workload.run.dtype = workload.dtype.value_or(workload.run.dtype);
    workload.run.batch = workload.batch.value_or(workload.run.batch);
  } else {
    for (const char* key : {"prompt_tokens", "output_tokens", "attention", "logits", "sampling", "routing",
                            "routing_seed", "call_empty_experts"})
      if (const YamlNode* extra = map.optional(key))
        yaml_error(*extra, "does not go with a trace, which says so itself; expected it with a model only");
  }
  workload.last_layer_where = node.where;
  if (const YamlNode* last = map.optional("last_layer")) {
    workload.last_layer = yaml_text(*last);
    workload.last_layer_where = last->where;
  }
  map.done();
  return workload;
}

MappingEntry read_mapping_entry(const std::string& layer, const YamlNode& node) {
  MappingEntry entry;
  entry.layer = layer;
  entry.where = node.where;
  if (node.kind == YamlNode::Kind::Null || (node.kind == YamlNode::Kind::Scalar && node.scalar.empty()))
    yaml_error(node, "empty; expected a device, or a device and flags such as PIM-AI-4chip,t");
  const std::string text = yaml_text(node);
  const std::size_t comma = text.find(',');
  entry.device = text.substr(0, comma);
  if (comma != std::string::npos) {
    const std::size_t second = text.find(',', comma + 1);
    entry.flags = text.substr(comma + 1, second == std::string::npos ? second : second - comma - 1);
    if (second != std::string::npos) entry.more = text.substr(second + 1);
  }
  if (entry.device.empty()) yaml_error(node, "no device before the comma; expected one such as PIM-AI-4chip,t");
  return entry;
}

void read_mapping(const YamlNode& node, Scenario& scenario) {
  if (node.kind != YamlNode::Kind::Map && node.kind != YamlNode::Kind::Null)
    yaml_error(node, "no mapping; expected lines of layer: DEVICE or layer: DEVICE,flags");
  for (const auto& [layer, value] : node.entries) {
    MappingEntry entry = read_mapping_entry(layer, value);
    if (layer == "default") {
      if (!entry.flags.empty() || !entry.more.empty())
        yaml_error(value, "flags on the default device; expected them on named layers only");
      scenario.default_device = std::move(entry);
    } else {
      scenario.mapping.push_back(std::move(entry));
    }
  }
}

MoeSection read_moe(const YamlNode& node) {
  MoeSection moe;
  YamlMap map(node);
  moe.where = node.where;
  moe.end = yaml_text(map.required("end"));
  moe.experts_per_token = yaml_integer(map.required("experts_per_token"), 1, 10'000);
  map.done();
  return moe;
}

SimulationSection read_simulation(const YamlNode& node) {
  SimulationSection simulation;
  YamlMap map(node, true);
  simulation.cost_model_where = node.where;
  if (const YamlNode* model = map.optional("cost_model")) {
    simulation.cost_model = yaml_text(*model);
    simulation.cost_model_where = model->where;
  }
  if (const YamlNode* schedule = map.optional("schedule")) simulation.schedule = yaml_choice(*schedule, {"sequential"});
  read_truth(map, "segments", simulation.segments);
  simulation.num_key_value_heads = read_count(map, "num_key_value_heads");
  simulation.sliding_window = read_count(map, "sliding_window");
  map.done();
  return simulation;
}

Scenario read_scenario(const YamlNode& root, const std::string& file) {
  if (root.kind == YamlNode::Kind::Null) throw InputError({file}, "empty; expected a scenario");
  Scenario scenario;
  scenario.file = file;
  YamlMap map(root);
  const YamlNode* name = map.optional("name");
  scenario.name = name != nullptr ? yaml_text(*name) : fs::path(file).stem().string();
  const YamlNode& workload = map.required("workload");
  const YamlNode* mapping = map.optional("mapping");
  const YamlNode* moe = map.optional("moe");
  const YamlNode* architectures = map.optional("architectures");
  const YamlNode* simulation = map.optional("simulation");
  map.done();
  scenario.workload = read_workload(workload, file);
  if (mapping != nullptr) read_mapping(*mapping, scenario);
  if (moe != nullptr) scenario.moe = read_moe(*moe);
  if (architectures != nullptr)
    for (const YamlNode& item : yaml_sequence(*architectures)) scenario.architectures.push_back(resolve(item, file));
  if (simulation != nullptr) scenario.simulation = read_simulation(*simulation);
  return scenario;
}

}  // namespace

Scenario load_scenario(const std::string& path, const ScenarioOverrides& overrides) {
  std::error_code error;
  const std::string file = fs::exists(path, error) ? path : find_data_file(path, ".");
  YamlNode root = read_yaml_file(fs::exists(file, error) ? file : path);
  for (const auto& setting : overrides.settings) set_yaml_value(root, setting.key, setting.value, setting.option);
  Scenario scenario = read_scenario(root, file);
  for (const std::string& architecture : overrides.architectures) {
    if (!fs::exists(architecture, error)) throw InputError({architecture}, "no such file");
    scenario.architectures.push_back(architecture);
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

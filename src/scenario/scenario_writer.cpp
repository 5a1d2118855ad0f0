#include "scenario/scenario_writer.hpp"

#include <filesystem>

#include "price/cost_writer.hpp"
#include "scenario/mapping_entry.hpp"
#include "scenario/parallel_reader.hpp"
#include "scenario/requests_writer.hpp"
#include "scenario/serving_reader.hpp"
#include "upmem_des/trace/recorded_trace.hpp"
#include "util/yaml.hpp"

namespace upmem_des {

namespace {

std::string absolute(const std::string& path) {
  return std::filesystem::absolute(path).lexically_normal().string();
}

void add_run(YamlNode& node, const DecoderSettings& run) {
  node.add("attention", YamlNode::text(to_string(run.attention)));
  node.add("logits", YamlNode::text(to_string(run.logits)));
  node.add("sampling", YamlNode::truth(run.sampling));
}

void add_sizes(YamlNode& node, const DecoderRun& run) {
  if (run.prompts.empty()) {
    node.add("prompt_tokens", YamlNode::integer(run.prompt_tokens));
  } else {
    YamlNode prompts = YamlNode::sequence();
    for (const std::int64_t tokens : run.prompts) prompts.items.push_back(YamlNode::integer(tokens));
    node.add("prompt_tokens", std::move(prompts));
  }
  node.add("output_tokens", YamlNode::integer(run.output_tokens));
  node.add("batch", YamlNode::integer(run.batch));
}

void add_model(YamlNode& node, const Workload& workload) {
  const DecoderRun run = decoder_run(workload);
  node.add("model", YamlNode::text(absolute(workload.model)));
  if (workload.requests)
    node.add("requests", requests_node(*workload.requests));
  else
    add_sizes(node, run);
  node.add("dtype", YamlNode::text(to_string(run.dtype)));
  add_run(node, run);
  node.add("routing", YamlNode::text(to_string(run.routing)));
  node.add("routing_seed", YamlNode::integer(static_cast<std::int64_t>(run.routing_seed)));
  if (run.routing == Routing::zipf) node.add("routing_exponent", YamlNode::number(run.routing_exponent));
  node.add("call_empty_experts", YamlNode::truth(run.call_empty_experts));
  node.add("detail", YamlNode::text(to_string(run.detail)));
}

/// What a trace says itself is written only where the scenario says it.
void add_batch_and_dtype(YamlNode& node, const Workload& workload) {
  if (workload.batch) node.add("batch", YamlNode::integer(*workload.batch));
  if (workload.dtype) node.add("dtype", YamlNode::text(to_string(*workload.dtype)));
}

void add_profiled_model(YamlNode& node, const Workload& workload, const DecoderRequest& decoder) {
  const DecoderRun& run = decoder.run;
  node.add("model", YamlNode::text(absolute(workload.model)));
  node.add("profile", YamlNode::truth(true));
  if (decoder.prompt_ids_file.empty())
    node.add("prompt_tokens", YamlNode::integer(run.prompt_tokens));
  else
    node.add("prompt_ids", YamlNode::text(absolute(decoder.prompt_ids_file)));
  node.add("output_tokens", YamlNode::integer(run.output_tokens));
  add_batch_and_dtype(node, workload);
  add_run(node, run);
  if (run.sampling) {
    node.add("temperature", YamlNode::number(decoder.sampling.temperature));
    if (decoder.sampling.top_k > 0) node.add("top_k", YamlNode::integer(decoder.sampling.top_k));
    node.add("top_p", YamlNode::number(decoder.sampling.top_p));
  }
  if (decoder.route_by_rule) {
    node.add("routing", YamlNode::text(to_string(run.routing)));
    node.add("routing_seed", YamlNode::integer(static_cast<std::int64_t>(run.routing_seed)));
    if (run.routing == Routing::zipf) node.add("routing_exponent", YamlNode::number(run.routing_exponent));
  }
  node.add("call_empty_experts", YamlNode::truth(run.call_empty_experts));
  node.add("warmup", YamlNode::integer(decoder.warmup));
}

void add_inputs(YamlNode& node, const std::vector<InputValue>& values) {
  YamlNode inputs = YamlNode::sequence();
  for (const InputValue& input : values) inputs.items.push_back(YamlNode::text(to_string(input)));
  node.add("inputs", std::move(inputs));
}

void add_exported(YamlNode& node, const Workload& workload, const ExportedRequest& exported) {
  node.add("exported", YamlNode::text(absolute(exported.file)));
  add_inputs(node, exported.inputs);
  add_batch_and_dtype(node, workload);
  node.add("repeat", YamlNode::integer(exported.repeat));
  node.add("warmup", YamlNode::integer(exported.warmup));
}

void add_script(YamlNode& node, const Workload& workload, const ScriptRequest& script) {
  node.add("torchscript", YamlNode::text(absolute(script.file)));
  add_inputs(node, script.inputs);
  if (!script.operator_libraries.empty()) {
    YamlNode libraries = YamlNode::sequence();
    for (const std::string& file : script.operator_libraries) libraries.items.push_back(YamlNode::text(absolute(file)));
    node.add("operator_libraries", std::move(libraries));
  }
  add_batch_and_dtype(node, workload);
  node.add("repeat", YamlNode::integer(script.repeat));
  node.add("warmup", YamlNode::integer(script.warmup));
}

void add_profile(YamlNode& node, const Workload& workload, const ProfileRequest& request) {
  if (const auto* script = std::get_if<ScriptRequest>(&request.network))
    add_script(node, workload, *script);
  else if (const auto* exported = std::get_if<ExportedRequest>(&request.network))
    add_exported(node, workload, *exported);
  else
    add_profiled_model(node, workload, std::get<DecoderRequest>(request.network));
  node.add("seed", YamlNode::integer(static_cast<std::int64_t>(request.seed)));
  if (request.threads > 0) node.add("threads", YamlNode::integer(request.threads));
  if (!std::holds_alternative<ExportedRequest>(request.network))
    node.add("sim_compute", YamlNode::truth(request.sim_compute));
}

YamlNode workload_node(const Workload& workload) {
  YamlNode node = YamlNode::map();
  if (workload.recorded) throw InputError("a scenario on a trace in memory; expected one on a file to be written");
  if (workload.profile) {
    add_profile(node, workload, *workload.profile);
  } else if (!workload.model.empty()) {
    add_model(node, workload);
  } else {
    node.add("trace", YamlNode::text(absolute(workload.trace)));
    add_batch_and_dtype(node, workload);
  }
  if (workload.weight_dtype) node.add("weight_dtype", YamlNode::text(to_string(*workload.weight_dtype)));
  if (workload.kv_dtype) node.add("kv_dtype", YamlNode::text(to_string(*workload.kv_dtype)));
  if (!workload.last_layer.empty()) node.add("last_layer", YamlNode::text(workload.last_layer));
  return node;
}

void add_section(YamlNode& node, const MappingSection& section) {
  if (section.default_device) node.add("default", mapping_value(*section.default_device));
  if (section.experts) node.add("experts", mapping_value(*section.experts));
  if (!section.layers.empty()) {
    YamlNode& layers = node.add("layers", YamlNode::map());
    for (const LayerRangeEntry& range : section.layers) {
      YamlNode place = range.experts ? place_value(range.entry) : mapping_value(range.entry);
      if (range.experts) place.add("experts", mapping_value(*range.experts));
      layers.add(range.entry.layer, std::move(place));
    }
  }
  for (const MappingEntry& entry : section.lines) node.add(entry.layer, mapping_value(entry));
}

YamlNode mapping_node(const Scenario& scenario) {
  YamlNode node = YamlNode::map();
  add_section(node, scenario.mapping);
  for (const Phase phase : {Phase::Prefill, Phase::Decode})
    if (const MappingSection& section = scenario.mapping_of(phase); !section.empty())
      add_section(node.add(to_string(phase), YamlNode::map()), section);
  return node;
}

void add_offload(YamlNode& node, const char* what, const std::optional<OffloadEntry>& entry) {
  if (!entry) return;
  if (!entry->share) {
    node.add(what, YamlNode::text(entry->to));
    return;
  }
  YamlNode& map = node.add(what, YamlNode::map());
  map.add("to", YamlNode::text(entry->to));
  map.add("share", YamlNode::number(*entry->share));
}

YamlNode simulation_node(const SimulationSection& simulation) {
  YamlNode node = YamlNode::map();
  node.add("cost_model", YamlNode::text(simulation.cost_model));
  node.add("schedule", YamlNode::text(simulation.schedule));
  node.add("segments", YamlNode::truth(simulation.segments));
  if (simulation.num_key_value_heads)
    node.add("num_key_value_heads", YamlNode::integer(*simulation.num_key_value_heads));
  if (simulation.sliding_window) node.add("sliding_window", YamlNode::integer(*simulation.sliding_window));
  if (simulation.prefetch_buffer_MB)
    node.add("prefetch_weights", YamlNode::map()).add("buffer_MB", YamlNode::number(*simulation.prefetch_buffer_MB));
  else
    node.add("prefetch_weights", YamlNode::truth(simulation.prefetch_weights));
  node.add("chunks", YamlNode::integer(simulation.chunks));
  node.add("microbatches", YamlNode::integer(simulation.microbatches));
  node.add("interleave", YamlNode::integer(simulation.interleave));
  if (simulation.unknown_operators != "error")
    node.add("unknown_operators", YamlNode::text(simulation.unknown_operators));
  node.add("allow_overflow", YamlNode::truth(simulation.allow_overflow));
  node.add("ideal_links", YamlNode::truth(simulation.ideal_links));
  node.add("ideal_devices", YamlNode::truth(simulation.ideal_devices));
  if (simulation.faster.any()) {
    YamlNode& faster = node.add("faster", YamlNode::map());
    faster.add("memory", YamlNode::number(simulation.faster.memory));
    faster.add("arithmetic", YamlNode::number(simulation.faster.arithmetic));
    faster.add("links", YamlNode::number(simulation.faster.links));
  }
  if (simulation.step_overhead_us > 0) node.add("step_overhead_us", YamlNode::number(simulation.step_overhead_us));
  if (simulation.per_sequence_overhead_us > 0)
    node.add("per_sequence_overhead_us", YamlNode::number(simulation.per_sequence_overhead_us));
  return node;
}

YamlNode platform_node(const Scenario& scenario) {
  YamlNode file = YamlNode::text(absolute(scenario.platform));
  if (scenario.platform_changes.kind != YamlNode::Kind::Map) return file;
  YamlNode node = YamlNode::map();
  node.add("file", std::move(file));
  for (const auto& [section, changes] : scenario.platform_changes.entries) node.add(section, changes);
  return node;
}

void add_architectures(YamlNode& root, const Scenario& scenario) {
  const auto& changes = scenario.architecture_changes.entries;
  YamlNode files = YamlNode::sequence();
  for (const std::string& file : scenario.architectures) files.items.push_back(YamlNode::text(absolute(file)));
  if (changes.empty()) {
    if (!files.items.empty()) root.add("architectures", std::move(files));
    return;
  }
  YamlNode& section = root.add("architectures", YamlNode::map());
  if (!files.items.empty()) section.add("files", std::move(files));
  for (const auto& [name, figures] : changes) section.add(name, figures);
}

}  // namespace

std::string scenario_yaml(const Scenario& scenario) {
  YamlNode root = YamlNode::map();
  root.add("name", YamlNode::text(scenario.name));
  root.add("workload", workload_node(scenario.workload));
  if (!scenario.platform.empty()) root.add("platform", platform_node(scenario));
  if (scenario.parallel) root.add("parallel", parallel_value(*scenario.parallel));
  root.add("mapping", mapping_node(scenario));
  if (scenario.moe) {
    YamlNode moe = YamlNode::map();
    moe.add("end", YamlNode::text(scenario.moe->end));
    moe.add("experts_per_token", YamlNode::integer(scenario.moe->experts_per_token));
    root.add("moe", std::move(moe));
  }
  if (!scenario.collectives.empty()) {
    YamlNode& collectives = root.add("collectives", YamlNode::map());
    for (const NamedChoice& choice : scenario.collectives) collectives.add(choice.of, YamlNode::text(choice.name));
  }
  if (!scenario.offload.empty()) {
    YamlNode& offload = root.add("offload", YamlNode::map());
    add_offload(offload, "weights", scenario.offload.weights);
    add_offload(offload, "kv_cache", scenario.offload.kv_cache);
  }
  if (scenario.serving) root.add("serving", serving_value(*scenario.serving));
  add_architectures(root, scenario);
  root.add("simulation", simulation_node(scenario.simulation));
  if (scenario.cost) root.add("cost", cost_section_node(*scenario.cost));
  return emit_yaml(root);
}

}  // namespace upmem_des

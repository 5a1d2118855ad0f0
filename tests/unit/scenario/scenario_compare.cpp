#include "scenario_compare.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "profile/profile_json.hpp"
#include "scenario/scenario_reader.hpp"
#include "scenario/scenario_writer.hpp"
#include "support/temporary_folder.hpp"

using namespace upmem_des;
using namespace upmem_des::test;

namespace {

std::string absolute(const std::string& path) {
  return path.empty() ? path : std::filesystem::absolute(path).lexically_normal().string();
}

void expect_same(const Shares& a, const Shares& b) {
  EXPECT_EQ(a.weights, b.weights);
  EXPECT_EQ(a.by_rate, b.by_rate);
}

void expect_same(const std::optional<ParallelSection>& a, const std::optional<ParallelSection>& b) {
  ASSERT_EQ(a.has_value(), b.has_value());
  if (!a) return;
  EXPECT_EQ(a->tensor, b->tensor);
  EXPECT_EQ(a->pipeline, b->pipeline);
  EXPECT_EQ(a->data, b->data);
  EXPECT_EQ(a->experts, b->experts);
  EXPECT_EQ(a->order, b->order);
  EXPECT_EQ(a->devices, b->devices);
  expect_same(a->shares, b->shares);
}

void expect_same(const MappingEntry& a, const MappingEntry& b) {
  EXPECT_EQ(a.key(), b.key());
  EXPECT_EQ(a.device, b.device);
  EXPECT_EQ(a.flags, b.flags);
  EXPECT_EQ(a.more, b.more);
  EXPECT_EQ(a.split, b.split);
  EXPECT_EQ(a.replicas, b.replicas);
  EXPECT_EQ(a.groups, b.groups);
  expect_same(a.shares, b.shares);
}

void expect_same(const std::optional<MappingEntry>& a, const std::optional<MappingEntry>& b) {
  ASSERT_EQ(a.has_value(), b.has_value());
  if (a) expect_same(*a, *b);
}

void expect_same(const MappingSection& a, const MappingSection& b) {
  ASSERT_EQ(a.lines.size(), b.lines.size());
  for (std::size_t i = 0; i < a.lines.size(); ++i) expect_same(a.lines[i], b.lines[i]);
  expect_same(a.default_device, b.default_device);
  expect_same(a.experts, b.experts);
  ASSERT_EQ(a.layers.size(), b.layers.size());
  for (std::size_t i = 0; i < a.layers.size(); ++i) {
    EXPECT_EQ(a.layers[i].first, b.layers[i].first);
    EXPECT_EQ(a.layers[i].last, b.layers[i].last);
    expect_same(a.layers[i].entry, b.layers[i].entry);
    expect_same(a.layers[i].experts, b.layers[i].experts);
  }
}

void expect_same(const SimulationSection& a, const SimulationSection& b) {
  EXPECT_EQ(a.cost_model, b.cost_model);
  EXPECT_EQ(a.schedule, b.schedule);
  EXPECT_EQ(a.segments, b.segments);
  EXPECT_EQ(a.num_key_value_heads, b.num_key_value_heads);
  EXPECT_EQ(a.sliding_window, b.sliding_window);
  EXPECT_EQ(a.prefetch_weights, b.prefetch_weights);
  EXPECT_EQ(a.prefetch_buffer_MB, b.prefetch_buffer_MB);
  EXPECT_EQ(a.chunks, b.chunks);
  EXPECT_EQ(a.microbatches, b.microbatches);
  EXPECT_EQ(a.interleave, b.interleave);
  EXPECT_EQ(a.allow_overflow, b.allow_overflow);
  EXPECT_EQ(a.unknown_operators, b.unknown_operators);
  EXPECT_EQ(a.ideal_links, b.ideal_links);
  EXPECT_EQ(a.ideal_devices, b.ideal_devices);
  EXPECT_EQ(a.faster.memory, b.faster.memory);
  EXPECT_EQ(a.faster.arithmetic, b.faster.arithmetic);
  EXPECT_EQ(a.faster.links, b.faster.links);
  EXPECT_EQ(a.step_overhead_us, b.step_overhead_us);
  EXPECT_EQ(a.per_sequence_overhead_us, b.per_sequence_overhead_us);
}

void expect_same(const std::optional<OffloadEntry>& a, const std::optional<OffloadEntry>& b) {
  ASSERT_EQ(a.has_value(), b.has_value());
  if (!a) return;
  EXPECT_EQ(a->to, b->to);
  EXPECT_EQ(a->share, b->share);
}

/// All that it says.
std::string with_absolute_paths(ProfileRequest request) {
  if (auto* script = std::get_if<ScriptRequest>(&request.network)) {
    script->file = absolute(script->file);
    for (std::string& library : script->operator_libraries) library = absolute(library);
  } else if (const auto* exported = std::get_if<ExportedRequest>(&request.network)) {
    std::string text = absolute(exported->file);
    for (const InputValue& input : exported->inputs) text += " " + to_string(input);
    for (const std::int64_t number : {exported->repeat, exported->warmup, request.threads})
      text += " " + std::to_string(number);
    return text + " " + std::to_string(request.seed);
  } else {
    auto& decoder = std::get<DecoderRequest>(request.network);
    decoder.folder = absolute(decoder.folder);
    decoder.prompt_ids_file = absolute(decoder.prompt_ids_file);
  }
  return to_json(request);
}

void expect_same(const Workload& a, const Workload& b) {
  EXPECT_EQ(absolute(a.model), absolute(b.model));
  EXPECT_EQ(absolute(a.trace), absolute(b.trace));
  ASSERT_EQ(a.profile.has_value(), b.profile.has_value());
  if (a.profile) {
    EXPECT_EQ(with_absolute_paths(*a.profile), with_absolute_paths(*b.profile));
    EXPECT_EQ(a.dtype, b.dtype);
    EXPECT_EQ(a.batch, b.batch);
  } else if (!a.model.empty()) {
    EXPECT_EQ(a.run.prompt_tokens, b.run.prompt_tokens);
    EXPECT_EQ(a.run.prompts, b.run.prompts);
    EXPECT_EQ(a.run.output_tokens, b.run.output_tokens);
    EXPECT_EQ(decoder_run(a).batch, decoder_run(b).batch);
    EXPECT_EQ(decoder_run(a).dtype, decoder_run(b).dtype);
    EXPECT_EQ(a.run.attention, b.run.attention);
    EXPECT_EQ(a.run.logits, b.run.logits);
    EXPECT_EQ(a.run.sampling, b.run.sampling);
    EXPECT_EQ(a.run.routing, b.run.routing);
    EXPECT_EQ(a.run.routing_seed, b.run.routing_seed);
    EXPECT_EQ(a.run.call_empty_experts, b.run.call_empty_experts);
  } else {
    EXPECT_EQ(a.dtype, b.dtype);
    EXPECT_EQ(a.batch, b.batch);
  }
  EXPECT_EQ(a.kv_dtype, b.kv_dtype);
  EXPECT_EQ(a.weight_dtype, b.weight_dtype);
  EXPECT_EQ(a.last_layer, b.last_layer);
}

}  // namespace

void expect_same(const Scenario& a, const Scenario& b) {
  EXPECT_EQ(a.name, b.name);
  expect_same(a.workload, b.workload);
  expect_same(a.offload.weights, b.offload.weights);
  expect_same(a.offload.kv_cache, b.offload.kv_cache);
  EXPECT_EQ(absolute(a.platform), absolute(b.platform));
  EXPECT_EQ(emit_yaml(a.platform_changes), emit_yaml(b.platform_changes));
  EXPECT_EQ(emit_yaml(a.architecture_changes), emit_yaml(b.architecture_changes));
  expect_same(a.mapping, b.mapping);
  for (const Phase phase : {Phase::Prefill, Phase::Decode}) expect_same(a.mapping_of(phase), b.mapping_of(phase));
  expect_same(a.parallel, b.parallel);
  ASSERT_EQ(a.moe.has_value(), b.moe.has_value());
  if (a.moe) {
    EXPECT_EQ(a.moe->end, b.moe->end);
    EXPECT_EQ(a.moe->experts_per_token, b.moe->experts_per_token);
  }
  ASSERT_EQ(a.architectures.size(), b.architectures.size());
  for (std::size_t i = 0; i < a.architectures.size(); ++i)
    EXPECT_EQ(absolute(a.architectures[i]), absolute(b.architectures[i]));
  expect_same(a.simulation, b.simulation);
}

void use_source_data() {
  ::setenv("UPMEM_DES_DATA", PROJECT_DIR, 1);
}

void expect_round_trip(const std::string& path) {
  SCOPED_TRACE(path);
  const TemporaryFolder folder;
  const Scenario scenario = load_scenario(path);
  const std::string text = scenario_yaml(scenario);
  const Scenario again = load_scenario(folder.write("elsewhere/again.yaml", text));
  expect_same(scenario, again);
  EXPECT_EQ(scenario_yaml(again), text);
}

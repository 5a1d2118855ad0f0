/// The events of a run model against those that are generated without weights.
#include <gtest/gtest.h>

#include <set>

#include "model/decoder_source.hpp"
#include "profiler/profile_network.hpp"
#include "support/temporary_folder.hpp"
#include "trace/event_compare.hpp"
#include "unit/profiler_decoder/tiny_models.hpp"
#include "upmem_des/trace/jsonl_reader.hpp"

using namespace upmem_des;
using namespace upmem_des::profiler;
using namespace upmem_des::test;

namespace {

std::vector<LayerEvent> events_of(EventSource& source) {
  std::vector<LayerEvent> events;
  for (LayerEvent event; source.next(event);) events.push_back(event);
  return events;
}

/// Profiles the model and holds its trace to the weight-free one of the same run.
void expect_equal_streams(const std::string& json, const DecoderRun& run, bool sim_compute) {
  const TemporaryFolder folder;
  DecoderRequest decoder;
  decoder.folder = folder.write("config.json", json);
  decoder.run = run;
  decoder.route_by_rule = true;
  ProfileRequest request;
  request.sim_compute = sim_compute;
  const ProfileReply reply = profile_decoder(decoder, request, folder.path("trace.jsonl"));

  JsonlReader profiled(folder.path("trace.jsonl"));
  DecoderSource generated(read_model_config(decoder.folder), run);
  const std::vector<LayerEvent> found = events_of(profiled);
  const std::vector<LayerEvent> expected = events_of(generated);
  ASSERT_EQ(found.size(), expected.size());
  EXPECT_EQ(reply.events, static_cast<std::int64_t>(expected.size()));
  for (std::size_t i = 0; i < found.size(); ++i) {
    ASSERT_TRUE(found[i].start_ns && found[i].duration_ns);
    LayerEvent timeless = found[i];
    timeless.start_ns.reset();
    timeless.duration_ns.reset();
    timeless.ends_pass = expected[i].ends_pass;  // in a trace lm_head tells
    ASSERT_EQ(first_difference(timeless, expected[i]), "");
    ASSERT_EQ(found[i].path.empty(), found[i].kind == EventKind::Function);
    ASSERT_EQ(found[i].deps.empty(), i == 0);
  }
  EXPECT_EQ(profiled.header().model, generated.header().model);
  EXPECT_EQ(profiled.header().dtype, run.dtype);
  EXPECT_EQ(profiled.header().batch, run.batch);
  EXPECT_EQ(profiled.header().num_key_value_heads, generated.header().num_key_value_heads);
  EXPECT_EQ(profiled.header().sliding_window, generated.header().sliding_window);
  EXPECT_EQ(profiled.header().source, "profiled: " + decoder.folder);
}

class EventStreamTest : public testing::TestWithParam<std::pair<const char*, const char*>> {};

}  // namespace

TEST_P(EventStreamTest, EqualsTheWeightFreeOne) {
  const std::string json = small_json(GetParam().first, GetParam().second);
  for (const bool sim_compute : {false, true})
    for (const Attention attention : {Attention::sdpa, Attention::eager})
      for (const Logits logits : {Logits::all, Logits::last})
        for (const bool sampling : {false, true})
          for (const std::int64_t batch : {1, 3}) {
            DecoderRun run;
            run.prompt_tokens = batch == 1 ? 5 : 1;
            run.output_tokens = batch == 1 ? 3 : 2;
            run.batch = batch;
            run.dtype = batch == 1 ? NumberFormat::float32 : NumberFormat::bfloat16;
            run.attention = attention;
            run.logits = logits;
            run.sampling = sampling;
            SCOPED_TRACE(std::string(to_string(attention)) + " " + to_string(logits) + " sampling " +
                         std::to_string(sampling) + " batch " + std::to_string(batch) + " sim_compute " +
                         std::to_string(sim_compute));
            expect_equal_streams(json, run, sim_compute);
          }
}

INSTANTIATE_TEST_SUITE_P(All, EventStreamTest,
                         testing::Values(std::pair("llama", ""), std::pair("llama", "\"num_key_value_heads\": 4"),
                                         std::pair("llama", "\"head_dim\": 6, \"attention_bias\": true"),
                                         std::pair("llama", "\"tie_word_embeddings\": true"),
                                         std::pair("mistral", "\"sliding_window\": 3"), std::pair("mixtral", ""),
                                         std::pair("mixtral", "\"num_experts_per_tok\": 1, \"sliding_window\": 3"),
                                         std::pair("qwen2",
                                                   "\"use_sliding_window\": true, \"sliding_window\": 3, "
                                                   "\"max_window_layers\": 1"),
                                         std::pair("qwen3", "\"tie_word_embeddings\": true"), std::pair("gpt2", ""),
                                         std::pair("gemma3_text", ""), std::pair("qwen3_moe", ""),
                                         std::pair("deepseek_v3", "")),
                         [](const auto& test) { return test.param.first + std::to_string(test.index); });

TEST(EventStreamTest, ExpertsByEveryRule) {
  for (const bool sim_compute : {false, true})
    for (const Routing routing : {Routing::round_robin, Routing::uniform_random})
      for (const bool call_empty_experts : {true, false}) {
        DecoderRun run;
        run.prompt_tokens = 2;
        run.output_tokens = 4;
        run.batch = 2;
        run.dtype = NumberFormat::float32;
        run.routing = routing;
        run.routing_seed = 7;
        run.call_empty_experts = call_empty_experts;
        SCOPED_TRACE(std::string(to_string(routing)) + " " + std::to_string(call_empty_experts) + " " +
                     std::to_string(sim_compute));
        expect_equal_streams(small_json("mixtral"), run, sim_compute);
      }
}

TEST(EventStreamTest, PathsAndExperts) {
  const TemporaryFolder folder;
  DecoderRequest decoder;
  decoder.folder = folder.write("config.json", replaced(small_json("mixtral"), "layers\": 2", "layers\": 1"));
  decoder.run.prompt_tokens = 1;
  decoder.run.output_tokens = 1;
  decoder.run.dtype = NumberFormat::float32;
  decoder.route_by_rule = true;
  decoder.run.call_empty_experts = false;
  profile_decoder(decoder, {}, folder.path("trace.jsonl"));
  JsonlReader reader(folder.path("trace.jsonl"));
  std::string text;
  for (const LayerEvent& event : events_of(reader)) {
    text += event.path.empty() ? event.name.str() + "()" : event.path.str();
    for (const std::int64_t expert : event.experts) text += " e" + std::to_string(expert);
    text += "\n";
  }
  EXPECT_EQ(text,
            "model.embed_tokens\n"
            "model.layers.0.input_layernorm\n"
            "model.layers.0.self_attn.q_proj\n"
            "model.layers.0.self_attn.k_proj\n"
            "model.layers.0.self_attn.v_proj\n"
            "attn_output()\n"
            "model.layers.0.self_attn.o_proj\n"
            "model.layers.0.post_attention_layernorm\n"
            "model.layers.0.block_sparse_moe.gate\n"
            "routing_weights()\n"
            "model.layers.0.block_sparse_moe.experts.0.w1 e0\n"
            "model.layers.0.block_sparse_moe.experts.0.act_fn e0\n"
            "model.layers.0.block_sparse_moe.experts.0.w3 e0\n"
            "model.layers.0.block_sparse_moe.experts.0.w2 e0\n"
            "model.layers.0.block_sparse_moe.experts.1.w1 e1\n"
            "model.layers.0.block_sparse_moe.experts.1.act_fn e1\n"
            "model.layers.0.block_sparse_moe.experts.1.w3 e1\n"
            "model.layers.0.block_sparse_moe.experts.1.w2 e1\n"
            "model.norm\n"
            "lm_head\n");
}

TEST(EventStreamTest, ExpertsThatARouterChoseAreWaitedFor) {
  const TemporaryFolder folder;
  DecoderRequest decoder;
  decoder.folder = model_folder("tiny_qwen3_moe");
  decoder.run.prompt_tokens = 1;
  decoder.run.output_tokens = 4;
  decoder.run.dtype = NumberFormat::float32;
  decoder.run.call_empty_experts = false;
  profile_decoder(decoder, {}, folder.path("trace.jsonl"));
  JsonlReader reader(folder.path("trace.jsonl"));
  std::set<std::int64_t> called;
  std::vector<std::int64_t> ends;
  int mixtures = 0;
  for (const LayerEvent& event : events_of(reader)) {
    if (!event.experts.empty()) {
      called.insert(event.experts.front());
      if (event.name == "down_proj") ends.push_back(event.seq);
    } else if (!ends.empty()) {
      EXPECT_EQ(event.deps, ends) << event.path.str();
      EXPECT_EQ(ends.size(), 2U);  // of one token
      ends.clear();
      ++mixtures;
    }
  }
  EXPECT_EQ(mixtures, 8);
  EXPECT_GT(called.size(), 2U);
}

TEST(EventStreamTest, DependenciesAfterAWarmUp) {
  const TemporaryFolder folder;
  DecoderRequest decoder;
  decoder.folder = folder.write("config.json", replaced(small_json("llama"), "layers\": 2", "layers\": 1"));
  decoder.run.prompt_tokens = 3;
  decoder.run.output_tokens = 2;
  decoder.run.dtype = NumberFormat::float32;
  decoder.warmup = 2;
  profile_decoder(decoder, {}, folder.path("trace.jsonl"));
  JsonlReader reader(folder.path("trace.jsonl"));
  std::vector<std::vector<std::int64_t>> deps;
  for (const LayerEvent& event : events_of(reader)) deps.push_back(event.deps);
  EXPECT_EQ(deps,
            (std::vector<std::vector<std::int64_t>>{
                {},   {0},  {0},  {2},  {2},  {2},  {3, 4, 5},    {6},  {7},  {8},  {9},  {8},  {10, 11}, {12}, {13},
                {14}, {15}, {15}, {17}, {17}, {17}, {18, 19, 20}, {21}, {22}, {23}, {24}, {23}, {25, 26}, {27}, {28}}));
}

TEST(EventStreamTest, PathsOfADenseModel) {
  const TemporaryFolder folder;
  DecoderRequest decoder;
  decoder.folder = folder.write("config.json", replaced(small_json("llama"), "layers\": 2", "layers\": 1"));
  decoder.run.prompt_tokens = 1;
  decoder.run.output_tokens = 1;
  decoder.run.dtype = NumberFormat::float32;
  profile_decoder(decoder, {}, folder.path("trace.jsonl"));
  JsonlReader reader(folder.path("trace.jsonl"));
  std::vector<std::string> paths;
  for (const LayerEvent& event : events_of(reader))
    if (event.kind == EventKind::Layer) paths.push_back(event.path.str());
  EXPECT_EQ(paths, (std::vector<std::string>{"model.embed_tokens", "model.rotary_emb", "model.layers.0.input_layernorm",
                                             "model.layers.0.self_attn.q_proj", "model.layers.0.self_attn.k_proj",
                                             "model.layers.0.self_attn.v_proj", "model.layers.0.self_attn.o_proj",
                                             "model.layers.0.post_attention_layernorm", "model.layers.0.mlp.gate_proj",
                                             "model.layers.0.mlp.act_fn", "model.layers.0.mlp.up_proj",
                                             "model.layers.0.mlp.down_proj", "model.norm", "lm_head"}));
}

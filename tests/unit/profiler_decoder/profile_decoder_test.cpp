/// Whole runs.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

#include "model/decoder_source.hpp"
#include "profiler/decoder/prompt.hpp"
#include "profiler/libtorch_compat.hpp"
#include "profiler/profile_network.hpp"
#include "support/temporary_folder.hpp"
#include "unit/profiler_decoder/safetensors_bytes.hpp"
#include "unit/profiler_decoder/tiny_models.hpp"
#include "upmem_des/trace/jsonl_reader.hpp"

using namespace upmem_des;
using namespace upmem_des::profiler;
using namespace upmem_des::test;

namespace {

DecoderRequest request_for(const std::string& folder, std::int64_t prompt_tokens = 4, std::int64_t output_tokens = 3) {
  DecoderRequest decoder;
  decoder.folder = folder;
  decoder.run.prompt_tokens = prompt_tokens;
  decoder.run.output_tokens = output_tokens;
  decoder.run.dtype = NumberFormat::float32;
  return decoder;
}

ProfileReply profile(const DecoderRequest& decoder, const ProfileRequest& request = {}) {
  const TemporaryFolder folder;
  return profile_decoder(decoder, request, folder.path("trace.jsonl"));
}

nlohmann::json expected(const std::string& name) {
  return nlohmann::json::parse(std::ifstream(model_folder(name) + "/expected.json"));
}

/// A file of ids for the prompt of expected.json.
std::string prompt_file(const TemporaryFolder& folder, const nlohmann::json& of) {
  std::string text;
  for (const auto& row : of["prompt_ids"]) {
    for (const auto& id : row) text += id.dump() + " ";
    text += "\n";
  }
  return folder.write("ids.txt", text);
}

}  // namespace

TEST(ProfileDecoderTest, GreedyTokensAreHuggingFaces) {
  for (const char* name :
       {"tiny_llama", "tiny_llama3", "tiny_mistral", "tiny_mixtral", "tiny_qwen2", "tiny_qwen3", "tiny_gpt2",
        "tiny_gemma3", "tiny_qwen3_moe", "tiny_qwen3_moe_packed", "tiny_deepseek_v3", "tiny_deepseek_v3_plain"}) {
    const TemporaryFolder folder;
    const nlohmann::json of = expected(name);
    DecoderRequest decoder = request_for(model_folder(name), 99, 6);
    decoder.prompt_ids_file = prompt_file(folder, of);
    const ProfileReply reply = profile(decoder);
    ASSERT_EQ(reply.token_ids.size(), 2U) << name;
    for (std::size_t row = 0; row < 2; ++row) {
      std::vector<std::int64_t> tokens;
      for (const auto& step : of["tokens"]) tokens.push_back(step[row].get<std::int64_t>());
      EXPECT_EQ(reply.token_ids[row], tokens) << name;
    }
    EXPECT_FALSE(reply.random_weights);
    EXPECT_TRUE(reply.warnings.empty()) << reply.warnings.front();
  }
}

TEST(ProfileDecoderTest, WhatAReplySays) {
  ProfileRequest request;
  request.threads = 1;
  DecoderRequest decoder = request_for(model_folder("tiny_llama"), 4, 3);
  decoder.run.batch = 2;
  decoder.warmup = 2;
  const ProfileReply reply = profile(decoder, request);
  const MeasuredPhase& prefill = reply.phases[static_cast<std::size_t>(Phase::Prefill)];
  const MeasuredPhase& decode = reply.phases[static_cast<std::size_t>(Phase::Decode)];
  EXPECT_EQ(prefill.passes, 1);
  EXPECT_EQ(decode.passes, 2);
  EXPECT_GT(prefill.time_s, 0);
  EXPECT_GT(decode.time_s, 0);
  EXPECT_EQ(reply.events, 3 * (4 + 2 * 11));
  EXPECT_GT(reply.events_s, 0);
  EXPECT_LE(reply.events_s, prefill.time_s + decode.time_s);
  EXPECT_FALSE(reply.sim_compute);
  EXPECT_FALSE(reply.random_weights);
  EXPECT_EQ(reply.threads, 1);
  EXPECT_FALSE(reply.cpu.empty());
  EXPECT_FALSE(reply.libtorch.empty());
  ASSERT_EQ(reply.token_ids.size(), 2U);
  EXPECT_EQ(reply.token_ids[0].size(), 3U);
  EXPECT_TRUE(reply.texts.empty());
}

TEST(ProfileDecoderTest, APromptsIdsAreGivenToEveryRow) {
  const TemporaryFolder folder;
  DecoderRequest decoder = request_for(model_folder("tiny_llama"), 99, 4);
  decoder.prompt_ids = {1, 94, 125, 97};
  decoder.run.batch = 2;
  const ProfileReply reply = profile_decoder(decoder, {}, folder.path("trace.jsonl"));
  JsonlReader reader(folder.path("trace.jsonl"));
  LayerEvent event;
  ASSERT_TRUE(reader.next(event));
  EXPECT_EQ(event.input_shape.str(), "[2, 4]");
  ASSERT_EQ(reply.token_ids.size(), 2U);
  EXPECT_EQ(reply.token_ids[0], reply.token_ids[1]);

  DecoderRequest by_file = request_for(model_folder("tiny_llama"), 99, 4);
  by_file.prompt_ids_file = folder.write("ids", "1 94 125 97");
  EXPECT_EQ(profile(by_file).token_ids, (TokenRows{reply.token_ids[0]}));
}

TEST(ProfileDecoderTest, RandomPromptsWeightsAndDrawsAreThoseOfTheSeed) {
  const TemporaryFolder folder;
  DecoderRequest decoder = request_for(folder.write("config.json", small_json("mixtral")), 5, 6);
  decoder.run.sampling = true;
  decoder.run.batch = 2;
  const auto tokens = [&](std::uint64_t seed) {
    ProfileRequest request;
    request.seed = seed;
    return profile(decoder, request).token_ids;
  };
  EXPECT_TRUE(profile(decoder).random_weights);
  EXPECT_EQ(tokens(1), tokens(1));
  EXPECT_NE(tokens(1), tokens(2));
}

TEST(ProfileDecoderTest, ASharpSamplerIsGreedy) {
  DecoderRequest decoder = request_for(model_folder("tiny_mistral"), 5, 6);
  const auto greedy = profile(decoder).token_ids;
  decoder.run.sampling = true;
  decoder.sampling.temperature = 1e-6;
  EXPECT_EQ(profile(decoder).token_ids, greedy);
  decoder.sampling = {};
  decoder.sampling.top_k = 1;
  EXPECT_EQ(profile(decoder).token_ids, greedy);
}

TEST(ProfileDecoderTest, AFolderItsConfigOrAConfigOfAnotherName) {
  const TemporaryFolder folder;
  std::filesystem::copy(model_folder("tiny_mistral"), folder.path("m"));
  std::filesystem::copy(folder.path("m/config.json"), folder.path("m/other.json"));
  EXPECT_FALSE(profile(request_for(folder.path("m"))).random_weights);
  EXPECT_FALSE(profile(request_for(folder.path("m/"))).random_weights);
  EXPECT_FALSE(profile(request_for(folder.path("m/config.json"))).random_weights);
  // What lies beside it does not belong to it.
  EXPECT_TRUE(profile(request_for(folder.path("m/other.json"))).random_weights);
}

TEST(ProfileDecoderTest, Warnings) {
  const TemporaryFolder folder;
  std::filesystem::copy(model_folder("tiny_mistral"), folder.path("m"));
  folder.write("m/config.json",
               replaced(replaced(read_bytes(folder.path("m/config.json")), "\"use_cache\": true", "\"rope_tetha\": 3"),
                        "\"max_position_embeddings\": 64", "\"max_position_embeddings\": 5"));
  folder.write("m/model.safetensors.index.json", "");
  std::filesystem::remove(folder.path("m/model.safetensors.index.json"));
  std::filesystem::rename(folder.path("m/model.safetensors"), folder.path("m/model-1.safetensors"));
  folder.write("m/more.safetensors",
               safetensors("{" + entry("model.layers.0.self_attn.rotary_emb.inv_freq", "[1]", 0, 4) + "," +
                               entry("extra.b", "[1]", 4, 8) + "," + entry("extra.a", "[0]", 8, 8) + "}",
                           float_bytes({1, 2})));
  const std::vector<std::string> warnings = profile(request_for(folder.path("m"))).warnings;
  ASSERT_EQ(warnings.size(), 2U);
  EXPECT_EQ(warnings[0], folder.path("m/config.json") + ": max_position_embeddings: 5, but the run has 6 positions");
  EXPECT_EQ(warnings[1], folder.path("m") + ": 2 of its tensors are not used, 'extra.a' the first of them");

  folder.write("p/config.json", small_json("llama", "\"rope_thet\": 3"));
  folder.write("p/pytorch_model.bin", "x");
  const std::vector<std::string> others = profile(request_for(folder.path("p"))).warnings;
  ASSERT_EQ(others.size(), 2U);
  EXPECT_EQ(others[0],
            folder.path("p/config.json") + ":1: rope_thet: unknown key, ignored; did you mean 'rope_theta'?");
  EXPECT_EQ(others[1],
            folder.path("p") + ": pytorch_model.bin is not read; weights are random, for there is no .safetensors");
}

TEST(ProfileDecoderTest, EveryDtypeThatCanBeRun) {
  const TemporaryFolder folder;
  DecoderRequest decoder = request_for(folder.write("config.json", small_json("llama")));
  for (const NumberFormat dtype : {NumberFormat::float32, NumberFormat::bfloat16, NumberFormat::float16}) {
    if (dtype == NumberFormat::float16 && libtorch::major_version < 2) continue;
    decoder.run.dtype = dtype;
    profile_decoder(decoder, {}, folder.path("trace.jsonl"));
    EXPECT_EQ(JsonlReader(folder.path("trace.jsonl")).header().dtype, dtype);
  }
  decoder.run.dtype = NumberFormat::float16;
  ProfileRequest request;
  request.sim_compute = true;
  profile_decoder(decoder, request, folder.path("trace.jsonl"));
  EXPECT_EQ(JsonlReader(folder.path("trace.jsonl")).header().dtype, NumberFormat::float16);
}

/// A model of 13 GB in less than 1 GB, and in seconds.
TEST(SimComputeTest, SevenBillionWeightsAreWalkedThrough) {
  const TemporaryFolder folder;
  ProfileRequest request;
  request.sim_compute = true;
  DecoderRequest decoder = request_for(PROJECT_DIR "/scenarios/models/llama-2-7b.json", 64, 16);
  decoder.run.dtype = NumberFormat::bfloat16;
  const auto begin = std::chrono::steady_clock::now();
  const ProfileReply reply = profile_decoder(decoder, request, folder.path("trace.jsonl"));
  EXPECT_LT(std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count(), 30);
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  EXPECT_LT(usage.ru_maxrss, 1'000'000);  // kB
  EXPECT_TRUE(reply.sim_compute);
  EXPECT_FALSE(reply.random_weights);
  EXPECT_TRUE(reply.token_ids.empty());
  EXPECT_EQ(reply.events, DecoderSource(read_model_config(decoder.folder), decoder.run).expected_events());
}

TEST(SimComputeTest, NoMemoryIsTakenForTensors) {
  ProfileRequest request;
  request.sim_compute = true;
  // Scores of 4 · 1e6 · 1e6 elements, and experts of a 141-billion model.
  const TemporaryFolder folder;
  DecoderRequest decoder = request_for(folder.write("config.json", small_json("llama")), 1'000'000, 2);
  decoder.run.attention = Attention::eager;
  EXPECT_GT(profile(decoder, request).events, 0);
  EXPECT_GT(profile(request_for(PROJECT_DIR "/scenarios/models/mixtral-8x22b.json", 64, 2), request).events, 0);
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  EXPECT_LT(usage.ru_maxrss, 1'000'000);  // kB
}

/// The events' sum is at least 95 % of the passes' time where layers are wide enough to matter. Other programs may take
/// the processor between two events, so that the best of a few runs counts.
TEST(CoverageTest, EventsCoverTheForwardPass) {
  const TemporaryFolder folder;
  folder.write("config.json",
               R"({"model_type": "llama", "hidden_size": 1024, "intermediate_size": 2816, "num_hidden_layers": 2,
                   "num_attention_heads": 16, "num_key_value_heads": 4, "vocab_size": 1000})");
  DecoderRequest decoder = request_for(folder.path("config.json"), 32, 8);
  decoder.warmup = 1;
  double best = 0;
  for (int attempt = 0; attempt < 8 && best < 0.95; ++attempt) {
    const ProfileReply reply = profile(decoder);
    best = std::max(best, reply.events_s / (reply.phases[0].time_s + reply.phases[1].time_s));
  }
  EXPECT_GE(best, 0.95);
  EXPECT_LE(best, 1);
}

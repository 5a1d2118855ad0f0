/// What is said of requests that cannot be run.
#include <gtest/gtest.h>

#include <limits>

#include "model/families/families.hpp"
#include "profiler/libtorch_compat.hpp"
#include "profiler/profile_network.hpp"
#include "support/temporary_folder.hpp"
#include "unit/profiler_decoder/tiny_models.hpp"
#include "upmem_des/model/family_registry.hpp"

using namespace upmem_des;
using namespace upmem_des::profiler;
using namespace upmem_des::test;

namespace {

/// A folder with a configuration, and a request for it.
class Case {
 public:
  explicit Case(const std::string& config) {
    folder_.write("m/config.json", config);
    decoder.folder = folder_.path("m");
    decoder.run.prompt_tokens = 4;
    decoder.run.output_tokens = 2;
    decoder.run.dtype = NumberFormat::float32;
  }

  /// What is said, without the folder's name; and nothing is left behind.
  std::string problem(const ProfileRequest& request = {}) {
    const std::string text = input_error([&] { profile_decoder(decoder, request, folder_.path("out/trace.jsonl")); });
    EXPECT_TRUE(folder_names().empty());
    return replaced(text, folder_.path("m"), "m");
  }

  /// Adds a file to the model's folder.
  void add(const std::string& name, const std::string& bytes) { folder_.write("m/" + name, bytes); }
  std::string path(const std::string& name) const { return folder_.path("m/" + name); }

  DecoderRequest decoder;

 private:
  std::vector<std::string> folder_names() const {
    std::vector<std::string> names;
    for (const auto& at : std::filesystem::directory_iterator(out_)) names.push_back(at.path().string());
    return names;
  }

  TemporaryFolder folder_;
  std::string out_ = folder_.make_folder("out");
};

/// tests/data/NAME in a folder of its own, one file replaced.
std::string stored_problem(const std::string& name, const std::string& file, const std::string& from,
                           const std::string& to) {
  const TemporaryFolder folder;
  std::filesystem::copy(model_folder(name), folder.path("m"));
  folder.write("m/" + file, replaced(read_bytes(folder.path("m/" + file)), from, to));
  DecoderRequest decoder;
  decoder.folder = folder.path("m");
  decoder.run.prompt_tokens = 4;
  decoder.run.output_tokens = 1;
  decoder.run.dtype = NumberFormat::float32;
  return replaced(input_error([&] { profile_decoder(decoder, {}, folder.path("trace.jsonl")); }), folder.path("m"),
                  "m");
}

}  // namespace

TEST(ProfileDecoderErrorsTest, Folders) {
  Case of(small_json("llama"));
  of.decoder.folder = "/no/such";
  EXPECT_EQ(of.problem(), "/no/such: no such file; expected a folder with a config.json");
  of.decoder.folder = "/proc";
  EXPECT_EQ(of.problem(), "/proc: no config.json in this folder; expected one");
  EXPECT_EQ(Case("").problem(), "m/config.json:1: empty; expected a JSON object");
}

TEST(ProfileDecoderErrorsTest, Families) {
  const std::string runnable =
      "; expected one of deepseek_v3, gemma3_text, gpt2, llama, mistral, mixtral, qwen2, qwen3, qwen3_moe";
  EXPECT_EQ(Case(small_json("olmo2")).problem(),
            "m/config.json: model_type: 'olmo2' can be simulated, but not run" + runnable);
  register_family("my_own", describe_llama);
  EXPECT_EQ(Case(small_json("my_own")).problem(),
            "m/config.json: model_type: 'my_own' can be simulated, but not run" + runnable);
  EXPECT_EQ(Case(small_json("llama", "\"head_dim\": 3")).problem(),
            "m/config.json: head_dim: 3; expected an even number, for rotary embeddings");
}

TEST(ProfileDecoderErrorsTest, WhatAFamilyDoesNotCompute) {
  EXPECT_EQ(
      Case(small_json("llama", "\"architectures\": [\"LlamaModel\"]")).problem(),
      "m/config.json:1: architectures: a model without logits of words can be simulated, but not run; expected one "
      "that ends in ForCausalLM");
  EXPECT_EQ(Case(small_json("gemma3_text", "\"final_logit_softcapping\": 30.0")).problem(),
            "m/config.json:1: final_logit_softcapping: a cap can be simulated, but not run; expected null");
  EXPECT_EQ(Case(small_json("gemma3_text", "\"attn_logit_softcapping\": 50.0")).problem(),
            "m/config.json:1: attn_logit_softcapping: a cap can be simulated, but not run; expected null");
  EXPECT_EQ(Case(small_json("gemma3_text", "\"use_bidirectional_attention\": true")).problem(),
            "m/config.json:1: use_bidirectional_attention: true, which can be simulated, but not run; expected false");
  EXPECT_EQ(Case(replaced(small_json("gemma3_text"), "scalar\": 9", "scalar\": 0")).problem(),
            "m/config.json:1: query_pre_attn_scalar: 0; expected a number above 0");
  EXPECT_EQ(Case(replaced(small_json("deepseek_v3"), "rope_head_dim\": 4", "rope_head_dim\": 3")).problem(),
            "m/config.json:3: qk_rope_head_dim: 3; expected an even number, for rotary embeddings");
  Case positions(small_json("gpt2"));
  positions.decoder.run.prompt_tokens = 38;
  positions.decoder.run.output_tokens = 4;
  EXPECT_EQ(positions.problem(),
            "m/config.json: the model has 40 positions, but the run has 41; expected fewer prompt_tokens and "
            "output_tokens");
}

TEST(ProfileDecoderErrorsTest, Sizes) {
  const auto problem = [](auto change) {
    Case of(small_json("llama"));
    change(of.decoder);
    return of.problem();
  };
  const std::string tokens = "; expected a whole number from 1 to 100000000";
  EXPECT_EQ(problem([](auto& decoder) { decoder.run.prompt_tokens = 0; }), "prompt_tokens: 0" + tokens);
  EXPECT_EQ(problem([](auto& decoder) { decoder.run.prompt_tokens = -1; }), "prompt_tokens: -1" + tokens);
  EXPECT_EQ(problem([](auto& decoder) { decoder.run.output_tokens = 0; }), "output_tokens: 0" + tokens);
  EXPECT_EQ(problem([](auto& decoder) { decoder.run.output_tokens = 100'000'001; }),
            "output_tokens: 100000001" + tokens);
  EXPECT_EQ(problem([](auto& decoder) { decoder.run.batch = 0; }),
            "batch: 0; expected a whole number from 1 to 1000000");
  EXPECT_EQ(problem([](auto& decoder) { decoder.warmup = -1; }),
            "warmup: -1; expected a whole number from 0 to 1000000000");
  EXPECT_EQ(problem([](auto& decoder) { decoder.warmup = 1'000'000'001; }),
            "warmup: 1000000001; expected a whole number from 0 to 1000000000");
  EXPECT_EQ(problem([](auto& decoder) {
              decoder.run.sampling = true;
              decoder.sampling.top_p = 0;
            }),
            "top_p: 0; expected a number above 0 and at most 1");
}

TEST(ProfileDecoderErrorsTest, Dtypes) {
  Case of(small_json("llama"));
  of.decoder.run.dtype = NumberFormat::int8;
  EXPECT_EQ(of.problem(), "dtype: 'int8' cannot be run; expected float32, bfloat16 or float16");
  if (libtorch::major_version >= 2) return;  // computes float16, too
  of.decoder.run.dtype = NumberFormat::float16;
  EXPECT_EQ(
      of.problem(),
      "dtype: 'float16' is not computed by this libtorch on a CPU; expected float32, bfloat16 or, to walk through "
      "only, sim_compute");
}

TEST(ProfileDecoderErrorsTest, MoreMemoryThanThereIs) {
  Case large(replaced(small_json("llama"), "\"vocab_size\": 50", "\"vocab_size\": 100000000"));
  large.decoder.run.prompt_tokens = 1000;
  // Logits of 1000 · 1e8 and two embeddings of 1e8 · 16 elements of 4 bytes, and small change.
  EXPECT_EQ(large.problem().rfind("m/config.json: running this model takes 413 GB of memory and ", 0), 0U);
  Case scores(small_json("llama"));
  scores.decoder.run.prompt_tokens = 100'000'000;
  EXPECT_EQ(scores.problem().rfind("m/config.json: running this model takes ", 0), 0U);
  scores.decoder.run.attention = Attention::eager;
  EXPECT_EQ(scores.problem().rfind("prompt_tokens: 100000000 with batch 1 gives 'attn_weights' the shape ", 0), 0U);
}

TEST(ProfileDecoderErrorsTest, Prompts) {
  Case of(small_json("llama"));
  of.decoder.prompt = "How to prepare coffee?";
  EXPECT_EQ(of.problem(), "prompt: a text; expected its token ids, which PromptText gives the profiler");
  of.decoder.prompt.clear();
  for (const std::int64_t id : {std::int64_t{-1}, std::int64_t{50}, std::numeric_limits<std::int64_t>::max()}) {
    of.decoder.prompt_ids = {3, id};
    EXPECT_EQ(of.problem(), "prompt_ids: " + std::to_string(id) + "; expected token ids from 0 to 49");
  }
  of.decoder.prompt_ids_file = "ids";
  EXPECT_EQ(of.problem(), "prompt_ids: given along with a file of them; expected one of the two");
  of.decoder.prompt_ids.clear();
  EXPECT_EQ(of.problem(), "ids: no such file");
  of.add("ids", "1 2\n3 50");
  of.decoder.prompt_ids_file = of.path("ids");
  EXPECT_EQ(of.problem(), "m/ids:2: '50'; expected a token id, a whole number from 0 to 49");
}

TEST(ProfileDecoderErrorsTest, Numerics) {
  EXPECT_EQ(
      Case(small_json("llama", "\"rope_scaling\": {\"type\": \"dynamic\", \"factor\": 2.0}")).problem(),
      "m/config.json:1: rope_scaling.type: 'dynamic' is not supported; expected one of default, linear, llama3, yarn");
  EXPECT_EQ(Case(small_json("llama", "\"rms_norm_eps\": -1")).problem(),
            "m/config.json:1: rms_norm_eps: -1; expected a number from 0 to 1");
}

TEST(ProfileDecoderErrorsTest, Weights) {
  EXPECT_EQ(stored_problem("tiny_mistral", "model.safetensors", "model.layers.0.self_attn.q_proj.weight",
                           "model.layers.0.self_attn.x_proj.weight"),
            "m/model.safetensors: missing tensor 'model.layers.0.self_attn.q_proj.weight'");
  EXPECT_EQ(
      stored_problem("tiny_mistral", "config.json", "\"intermediate_size\": 48", "\"intermediate_size\": 50"),
      "m/model.safetensors: tensor 'model.layers.0.mlp.gate_proj.weight': wrong shape [48, 32]; expected [50, 32], "
      "as the config.json says");
  EXPECT_EQ(
      stored_problem("tiny_llama3", "config.json", "\"tie_word_embeddings\": true", "\"tie_word_embeddings\": false"),
      "m: missing tensor 'lm_head.weight'");
  EXPECT_EQ(stored_problem("tiny_llama3", "model.safetensors.index.json", "model-00001-of-00002.safetensors",
                           "../x.safetensors"),
            "m/model.safetensors.index.json:6: weight_map.model.embed_tokens.weight: '../x.safetensors'; expected the "
            "name of a file beside the index");
}

TEST(ProfileDecoderErrorsTest, TheTraceCannotBeWritten) {
  Case of(small_json("llama"));
  EXPECT_NE(input_error([&] { profile_decoder(of.decoder, {}, "/no/such/folder/trace.jsonl"); }), "no error");
}

#include "model/decoder_numerics.hpp"

#include <gtest/gtest.h>

#include "support/temporary_folder.hpp"

using namespace upmem_des;
using namespace upmem_des::test;

namespace {

DecoderConfig config(const std::string& model_type = "llama") {
  DecoderConfig made;
  made.source = "config.json";
  made.model_type = model_type;
  return made;
}

DecoderNumerics parsed(const std::string& text, const std::string& model_type = "llama") {
  return parse_model_numerics(text, config(model_type));
}

/// What is said of one key, from line 2.
std::string problem(const std::string& keys) {
  return input_error([&] { parsed("{\n" + keys + "}"); });
}

/// What is said of a scaling of one line.
std::string scaling_problem(const std::string& scaling) {
  return problem("\"rope_scaling\": {" + scaling + "}");
}

}  // namespace

TEST(DecoderNumericsTest, DefaultsAreHuggingFaces) {
  for (const char* model_type : {"llama", "mistral", "mixtral"}) {
    const bool mixtral = std::string(model_type) == "mixtral";
    const DecoderNumerics read = parsed("{}", model_type);
    EXPECT_EQ(read.rope_theta, mixtral ? 1e6 : 1e4);
    EXPECT_EQ(read.rope_scaling.type, RopeScaling::Type::none);
    EXPECT_EQ(read.rms_norm_eps, mixtral ? 1e-5 : 1e-6);
    EXPECT_EQ(read.initializer_range, 0.02);
    EXPECT_FALSE(read.tie_word_embeddings);
    EXPECT_FALSE(read.attention_bias);
    EXPECT_FALSE(read.mlp_bias);
    EXPECT_EQ(read.max_position_embeddings, 0);
    EXPECT_TRUE(read.warnings.empty());
  }
}

TEST(DecoderNumericsTest, ValuesThatAreGiven) {
  const DecoderNumerics read = parsed(
      R"({"rope_theta": 500000, "rms_norm_eps": 1e-05, "initializer_range": 0.1, "tie_word_embeddings": true,
          "attention_bias": true, "mlp_bias": true, "max_position_embeddings": 131072, "rope_scaling": null,
          "partial_rotary_factor": 1.0})");
  EXPECT_EQ(read.rope_theta, 500000);
  EXPECT_EQ(read.rms_norm_eps, 1e-5);
  EXPECT_EQ(read.initializer_range, 0.1);
  EXPECT_TRUE(read.tie_word_embeddings);
  EXPECT_TRUE(read.attention_bias);
  EXPECT_TRUE(read.mlp_bias);
  EXPECT_EQ(read.max_position_embeddings, 131072);
  EXPECT_EQ(read.rope_scaling.type, RopeScaling::Type::none);
  // Mistral's modules have no biases, whatever the file says.
  EXPECT_FALSE(parsed(R"({"attention_bias": true, "mlp_bias": true})", "mistral").attention_bias);
}

TEST(DecoderNumericsTest, RopeScaling) {
  const RopeScaling linear = parsed(R"({"rope_scaling": {"type": "linear", "factor": 2.5}})").rope_scaling;
  EXPECT_EQ(linear.type, RopeScaling::Type::linear);
  EXPECT_EQ(linear.factor, 2.5);
  const RopeScaling llama3 = parsed(R"({"rope_scaling": {"rope_type": "llama3", "type": "x", "factor": 8,
      "low_freq_factor": 1.5, "high_freq_factor": 4.0, "original_max_position_embeddings": 8192}})")
                                 .rope_scaling;
  EXPECT_EQ(llama3.type, RopeScaling::Type::llama3);
  EXPECT_EQ(llama3.factor, 8);
  EXPECT_EQ(llama3.low_freq_factor, 1.5);
  EXPECT_EQ(llama3.high_freq_factor, 4);
  EXPECT_EQ(llama3.original_max_position_embeddings, 8192);
  EXPECT_EQ(parsed(R"({"rope_scaling": {"rope_type": "default"}})").rope_scaling.type, RopeScaling::Type::none);
}

TEST(DecoderNumericsTest, NewerFilesNameTheScalingParameters) {
  const DecoderNumerics read = parsed(
      R"({"rope_parameters": {"rope_theta": 7.5, "rope_type": "linear", "factor": 3, "deep": {"factor": [1, {}]}}})");
  EXPECT_EQ(read.rope_theta, 7.5);
  EXPECT_EQ(read.rope_scaling.factor, 3);
}

TEST(DecoderNumericsTest, ShippedModels) {
  const DecoderNumerics llama3 =
      read_model_numerics(read_model_config(PROJECT_DIR "/scenarios/models/llama-3.1-8b.json"));
  EXPECT_EQ(llama3.rope_theta, 500000);
  EXPECT_EQ(llama3.rope_scaling.type, RopeScaling::Type::llama3);
  EXPECT_EQ(llama3.rope_scaling.factor, 8);
  EXPECT_EQ(llama3.rope_scaling.original_max_position_embeddings, 8192);
}

TEST(DecoderNumericsTest, Yarn) {
  // DeepSeek-V3's: both mscales are equal, so cosines and sines keep their size.
  const RopeScaling deepseek =
      parsed(R"({"rope_scaling": {"type": "yarn", "factor": 40, "beta_fast": 16, "beta_slow": 2,
      "mscale": 1.0, "mscale_all_dim": 1.0, "original_max_position_embeddings": 4096}})")
          .rope_scaling;
  EXPECT_EQ(deepseek.type, RopeScaling::Type::yarn);
  EXPECT_EQ(deepseek.factor, 40);
  EXPECT_EQ(deepseek.beta_fast, 16);
  EXPECT_EQ(deepseek.beta_slow, 2);
  EXPECT_EQ(deepseek.original_max_position_embeddings, 4096);
  EXPECT_EQ(deepseek.attention_factor, 1);
  EXPECT_EQ(deepseek.mscale_all_dim, 1);
  EXPECT_TRUE(deepseek.truncate);
  // 0.1 · ln 4 + 1; what is not given follows from the positions of the model: 4096 / 1024.
  const RopeScaling qwen =
      parsed(R"({"max_position_embeddings": 4096, "rope_scaling": {"rope_type": "yarn", "truncate": false,
      "original_max_position_embeddings": 1024}})")
          .rope_scaling;
  EXPECT_EQ(qwen.factor, 4);
  EXPECT_EQ(qwen.beta_fast, 32);
  EXPECT_EQ(qwen.beta_slow, 1);
  EXPECT_NEAR(qwen.attention_factor, 1.1386294361, 1e-10);
  EXPECT_EQ(qwen.mscale_all_dim, 0);
  EXPECT_FALSE(qwen.truncate);
  EXPECT_EQ(parsed(R"({"max_position_embeddings": 64, "rope_scaling": {"rope_type": "yarn", "factor": 2,
      "attention_factor": 0.5}})")
                .rope_scaling.attention_factor,
            0.5);
  EXPECT_EQ(scaling_problem("\"rope_type\": \"yarn\", \"factor\": 4"),
            "config.json:2: rope_scaling.original_max_position_embeddings: missing; expected a whole number from 1 to "
            "1000000000");
  EXPECT_EQ(scaling_problem("\"rope_type\": \"yarn\", \"original_max_position_embeddings\": 4"),
            "config.json:2: rope_scaling.factor: missing; expected a number from 1 to 1e6");
  EXPECT_EQ(yarn_mscale(0.5, 2), 1);
  EXPECT_NEAR(yarn_mscale(40, 2), 1.7377758908, 1e-10);
}

TEST(DecoderNumericsTest, LayersWithAWindowHaveTheirOwnRotations) {
  const DecoderNumerics defaults = parsed("{}", "gemma3_text");
  EXPECT_EQ(defaults.rope_theta, 1e6);
  EXPECT_EQ(defaults.local_rope_theta, 1e4);
  const DecoderNumerics older =
      parsed(R"({"rope_theta": 50, "rope_local_base_freq": 20, "rope_scaling": {"rope_type": "linear", "factor": 8}})",
             "gemma3_text");
  EXPECT_EQ(older.rope_theta, 50);
  EXPECT_EQ(older.local_rope_theta, 20);
  EXPECT_EQ(older.rope_scaling.factor, 8);
  EXPECT_EQ(older.local_rope_scaling.type, RopeScaling::Type::none);
  const DecoderNumerics newer = parsed(
      R"({"rope_parameters": {"full_attention": {"rope_type": "linear", "factor": 8, "rope_theta": 50},
                              "sliding_attention": {"rope_type": "default", "rope_theta": 20}}})",
      "gemma3_text");
  EXPECT_EQ(newer.rope_theta, 50);
  EXPECT_EQ(newer.local_rope_theta, 20);
  EXPECT_EQ(newer.rope_scaling.factor, 8);
  EXPECT_EQ(newer.local_rope_scaling.type, RopeScaling::Type::none);
}

TEST(DecoderNumericsTest, ValuesOutOfRange) {
  EXPECT_EQ(problem("\"rope_theta\": 0"), "config.json:2: rope_theta: 0; expected a number above 0 and at most 1e15");
  EXPECT_EQ(problem("\"rope_theta\": -5"), "config.json:2: rope_theta: -5; expected a number above 0 and at most 1e15");
  EXPECT_EQ(problem("\"rope_theta\": 1e300"),
            "config.json:2: rope_theta: 1e300; expected a number above 0 and at most 1e15");
  EXPECT_EQ(problem("\"rope_theta\": \"1\""),
            "config.json:2: rope_theta: '1'; expected a number above 0 and at most 1e15");
  EXPECT_EQ(problem("\"rope_theta\": true"),
            "config.json:2: rope_theta: true; expected a number above 0 and at most 1e15");
  EXPECT_EQ(problem("\"rms_norm_eps\": 2"), "config.json:2: rms_norm_eps: 2; expected a number from 0 to 1");
  EXPECT_EQ(problem("\"initializer_range\": -0.1"),
            "config.json:2: initializer_range: -0.1; expected a number from 0 to 100");
  EXPECT_EQ(problem("\"tie_word_embeddings\": 1"), "config.json:2: tie_word_embeddings: 1; expected true or false");
  EXPECT_EQ(problem("\"attention_bias\": \"no\""), "config.json:2: attention_bias: 'no'; expected true or false");
  EXPECT_EQ(problem("\"mlp_bias\": []"), "config.json:2: mlp_bias: a list; expected true or false");
  EXPECT_EQ(problem("\"max_position_embeddings\": 0"),
            "config.json:2: max_position_embeddings: 0; expected a whole number from 1 to 1000000000");
  EXPECT_EQ(problem("\"partial_rotary_factor\": 0.5"),
            "config.json:2: partial_rotary_factor: 0.5; expected 1, heads that are rotated whole");
}

TEST(DecoderNumericsTest, ScalingsThatAreWrong) {
  EXPECT_EQ(problem("\"rope_scaling\": 3"), "config.json:2: rope_scaling: 3; expected an object or null");
  EXPECT_EQ(scaling_problem(""),
            "config.json:2: rope_scaling.rope_type: missing; expected one of default, linear, llama3, yarn");
  EXPECT_EQ(scaling_problem("\"rope_type\": 1"),
            "config.json:2: rope_scaling.rope_type: 1; expected one of default, linear, llama3, yarn");
  EXPECT_EQ(scaling_problem("\"rope_type\": \"dynamic\""),
            "config.json:2: rope_scaling.rope_type: 'dynamic' is not supported; expected one of default, linear, "
            "llama3, yarn");
  EXPECT_EQ(scaling_problem("\n\"type\": \"lineal\""),
            "config.json:3: rope_scaling.type: 'lineal' is not supported; expected one of default, linear, llama3, "
            "yarn; did you mean "
            "'linear'?");
  EXPECT_EQ(scaling_problem("\"type\": \"linear\""),
            "config.json:2: rope_scaling.factor: missing; expected a number from 1 to 1e6");
  EXPECT_EQ(scaling_problem("\"type\": \"linear\", \"factor\": 0.5"),
            "config.json:2: rope_scaling.factor: 0.5; expected a number from 1 to 1e6");
  const std::string llama3 = "\"rope_type\": \"llama3\", \"factor\": 8";
  EXPECT_EQ(scaling_problem(llama3 + ", \"low_freq_factor\": 0"),
            "config.json:2: rope_scaling.low_freq_factor: 0; expected a number above 0 and at most 1e6");
  EXPECT_EQ(scaling_problem(llama3 + ", \"low_freq_factor\": 4, \"high_freq_factor\": 4"),
            "config.json:2: rope_scaling.high_freq_factor: 4; expected more than the low_freq_factor");
  EXPECT_EQ(scaling_problem(llama3 + ", \"low_freq_factor\": 1, \"high_freq_factor\": 1e7"),
            "config.json:2: rope_scaling.high_freq_factor: 1e7; expected a number above 0 and at most 1e6");
  EXPECT_EQ(scaling_problem(llama3 + ", \"low_freq_factor\": 1, \"high_freq_factor\": 4"),
            "config.json:2: rope_scaling.original_max_position_embeddings: missing; expected a whole number from 1 to "
            "1000000000");
}

TEST(DecoderNumericsTest, MisspeltKeysAreWarnedOf) {
  const DecoderNumerics read = parsed("{\"rope_tetha\": 3,\n\"hiden_size\": 3, \"rms_norm_epsilon\": 1}");
  ASSERT_FALSE(read.warnings.empty());
  EXPECT_EQ(read.warnings[0], "config.json:1: rope_tetha: unknown key, ignored; did you mean 'rope_theta'?");
  for (const std::string& warning : read.warnings) EXPECT_EQ(warning.find("hiden"), std::string::npos);
}

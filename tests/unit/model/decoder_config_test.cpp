#include "upmem_des/model/decoder_config.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "upmem_des/model/family_registry.hpp"
#include "upmem_des/util/error.hpp"
#include "util/suggest.hpp"

using namespace upmem_des;
using testing::ElementsAre;

namespace {

std::string problem(const std::string& text) {
  try {
    parse_model_config(text, "config.json");
  } catch (const InputError& error) {
    return error.what();
  }
  return {};
}

std::string file_problem(const std::string& path) {
  try {
    read_model_config(path);
  } catch (const InputError& error) {
    return error.what();
  }
  return {};
}

/// The families' names; other tests of this process may have registered more.
std::string families() {
  return listed(registered_families());
}

/// A good configuration with one key a line, from line 2: model_type (2), hidden_size (3), intermediate_size (4),
/// num_hidden_layers (5), num_attention_heads (6), vocab_size (7), and then `more` (8). `from` becomes `to`.
std::string config(const std::string& more = "", const std::string& from = "", const std::string& to = "") {
  std::string text = R"({
 "model_type": "mixtral",
 "hidden_size": 32,
 "intermediate_size": 64,
 "num_hidden_layers": 3,
 "num_attention_heads": 4,
 "vocab_size": 500)";
  text += more.empty() ? "\n}" : ",\n " + more + "\n}";
  if (!from.empty()) text.replace(text.find(from), from.size(), to);
  return text;
}

/// A file in a folder of its own that goes with the test.
class TemporaryFile {
 public:
  TemporaryFile(const std::string& name, const std::string& text) {
    std::string pattern = testing::TempDir() + "model_test_XXXXXX";
    folder_ = mkdtemp(pattern.data());
    path_ = folder_ + "/" + name;
    std::ofstream(path_, std::ios::binary) << text;
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile() { std::filesystem::remove_all(folder_); }

  const std::string& path() const { return path_; }
  const std::string& folder() const { return folder_; }

 private:
  std::string folder_;
  std::string path_;
};

}  // namespace

TEST(DecoderConfigTest, DefaultsAreHuggingFaces) {
  const DecoderConfig read = parse_model_config(config(), "models/some.json");
  EXPECT_EQ(read.model, "some");
  EXPECT_EQ(read.source, "models/some.json");
  EXPECT_EQ(read.model_type, "mixtral");
  EXPECT_EQ(read.hidden_size, 32);
  EXPECT_EQ(read.intermediate_size, 64);
  EXPECT_EQ(read.num_hidden_layers, 3);
  EXPECT_EQ(read.num_attention_heads, 4);
  EXPECT_EQ(read.num_key_value_heads, 4);
  EXPECT_EQ(read.head_dim, 8);
  EXPECT_EQ(read.vocab_size, 500);
  EXPECT_FALSE(read.sliding_window.has_value());
  EXPECT_EQ(read.num_local_experts, 8);
  EXPECT_EQ(read.num_experts_per_tok, 2);
  EXPECT_THAT(read.warnings, testing::IsEmpty());
  const DecoderConfig dense = parse_model_config(config("", "mixtral", "llama"), "some.json");
  EXPECT_EQ(dense.num_local_experts, 0);
  EXPECT_EQ(dense.num_experts_per_tok, 0);
}

TEST(DecoderConfigTest, ValuesThatAreGiven) {
  const DecoderConfig read = parse_model_config(
      config(R"("num_key_value_heads": 2, "head_dim": 16, "sliding_window": 128, "num_local_experts": 6,
                "num_experts_per_tok": 6, "rope_scaling": {"factor": [8.0, {"hidden_size": 1}]}, "use_cache": true,
                "our_own": -4, "torch_dtype": "bfloat16", "hidden_act": "silu", "name": null)"),
      "some.json");
  EXPECT_EQ(read.num_key_value_heads, 2);
  EXPECT_EQ(read.head_dim, 16);
  EXPECT_EQ(read.sliding_window, 128);
  EXPECT_EQ(read.num_local_experts, 6);
  EXPECT_EQ(read.num_experts_per_tok, 6);
  EXPECT_EQ(read.hidden_size, 32);
  EXPECT_EQ(read.get("use_cache", 5), 1);
  EXPECT_EQ(read.get("our_own", 5), -4);
  EXPECT_EQ(read.get("torch_dtype", 5), 5);
  EXPECT_THAT(read.warnings, testing::IsEmpty());
}

TEST(DecoderConfigTest, NullIsTheDefault) {
  const DecoderConfig read =
      parse_model_config(config(R"("sliding_window": null, "num_key_value_heads": null, "head_dim": null)"), "a.json");
  EXPECT_FALSE(read.sliding_window.has_value());
  EXPECT_EQ(read.num_key_value_heads, 4);
  EXPECT_EQ(read.head_dim, 8);
  EXPECT_FALSE(parse_model_config(config(R"("sliding_window": 9, "use_sliding_window": false)"), "a.json")
                   .sliding_window.has_value());
}

TEST(DecoderConfigTest, TheModelsName) {
  const std::string named = config(R"("_name_or_path": "mistralai/Mixtral-8x7B")");
  EXPECT_EQ(parse_model_config(named, "my-model.json").model, "my-model");
  EXPECT_EQ(parse_model_config(named, "a/b/config.json").model, "mistralai/Mixtral-8x7B");
  EXPECT_EQ(parse_model_config(config(), "a/b/config.json").model, "b");
  EXPECT_EQ(parse_model_config(config(), "config.json").model, "config");
  EXPECT_EQ(parse_model_config(config(), "llama-3.1-8b.json").model, "llama-3.1-8b");
}

TEST(DecoderConfigTest, MisspeltKeysAreWarnedOf) {
  const DecoderConfig read =
      parse_model_config(config("\"num_key_value_head\": 2,\n\"rope_tetha\": 1, \"zzz\": 2"), "config.json");
  EXPECT_THAT(read.warnings, ElementsAre("config.json:8: num_key_value_head: unknown key, ignored; did you mean "
                                         "'num_key_value_heads'?"));
  EXPECT_EQ(read.num_key_value_heads, 4);
}

TEST(DecoderConfigTest, FilesThatCannotBeRead) {
  EXPECT_EQ(file_problem("/no/such.json"), "/no/such.json: no such file");
  const TemporaryFile file("config.json", "");
  EXPECT_EQ(file_problem(file.folder()), file.folder() + "/config.json:1: empty; expected a JSON object");
  EXPECT_EQ(file_problem("/proc"), "/proc: a folder; expected a Hugging Face config.json");
  EXPECT_EQ(file_problem(file.path()), file.path() + ":1: empty; expected a JSON object");
  const TemporaryFile large("large.json", std::string((16U << 20U) + 1, ' '));
  EXPECT_EQ(file_problem(large.path()), large.path() + ": larger than 16 MiB; expected a Hugging Face config.json");
  const TemporaryFile good("good.json", config());
  EXPECT_EQ(read_model_config(good.path()).model, "good");
}

TEST(DecoderConfigTest, AFolderMeansTheConfigurationInIt) {
  const TemporaryFile file("config.json", config());
  EXPECT_EQ(model_config_path(file.folder()), file.folder() + "/config.json");
  EXPECT_EQ(model_config_path(file.path()), file.path());
  EXPECT_EQ(model_config_path("/proc"), "/proc");
  EXPECT_EQ(model_config_path("/no/such"), "/no/such");
  const std::string name = std::filesystem::path(file.folder()).filename();
  for (const std::string& path : {file.folder(), file.folder() + "/", file.folder() + "/.", file.path()}) {
    EXPECT_EQ(read_model_config(path).model, name) << path;
    EXPECT_EQ(read_model_config(path).hidden_size, 32) << path;
  }
}

TEST(DecoderConfigTest, TextsThatAreNoObject) {
  EXPECT_EQ(problem(" \n\t"), "config.json:1: empty; expected a JSON object");
  EXPECT_EQ(problem("[1]"), "config.json:1: the file holds no JSON object; expected {\"model_type\": …}");
  EXPECT_EQ(problem("\n12"), "config.json:2: the file holds no JSON object; expected {\"model_type\": …}");
  EXPECT_EQ(problem("{\n\"model_type\": \"lla"), "config.json:2: ends in the middle; expected a JSON object");
  EXPECT_EQ(problem("{\n\"model_type\": {"), "config.json:2: ends in the middle; expected a JSON object");
  EXPECT_EQ(problem("{\n\n\"a\": nul}"), "config.json:3: not JSON at '\"a\": nul}'; expected a JSON object");
  EXPECT_EQ(problem("{\n\"a\": 1,\n}"), "config.json:3: not JSON at '}'; expected a JSON object");
  EXPECT_EQ(problem("{\"a\": 1}\n{}"), "config.json:2: not JSON at '{'; expected a JSON object");
  // Python writes Infinity, as in the time_step_limit of every Mamba-2: a number where one is ignored, else too large.
  EXPECT_EQ(problem("{\"a\": [-Infinity, Infinity], \"model_type\": \"\\\"Infinity\"}").substr(0, 38),
            "config.json:1: model_type: '\"Infinity'");
  EXPECT_EQ(problem("{\"model_type\": \"llama\", \"hidden_size\": Infinity}"),
            "config.json:1: hidden_size: 1e308; expected a whole number from 1 to 1000000");
  EXPECT_EQ(problem("{\"a\": NaN}"), "config.json:1: not JSON at '{\"a\": N'; expected a JSON object");
  EXPECT_EQ(problem("{\"a\": \"\xff\"}"), "config.json:1: not JSON at '{\"a\": \"\\xff'; expected a JSON object");
  EXPECT_EQ(problem("hidden_size: 4"), "config.json:1: not JSON at 'h'; expected a JSON object");
  EXPECT_EQ(problem("{\n\"a\": \"x\ny\"}"), "config.json:2: not JSON at '\"a\": \"x\\u000a'; expected a JSON object");
  EXPECT_EQ(problem("{\n" + std::string(100, ' ') + "\"abcdefghij\"" + std::string(51, ' ') + "?"),
            "config.json:2: not JSON at 'defghij\"" + std::string(51, ' ') + "?'; expected a JSON object");
  EXPECT_EQ(problem(std::string("\0{}", 3)), "config.json:1: not JSON at '\\u0000'; expected a JSON object");
  for (const std::string before : {"", "{\"a\":"})
    EXPECT_EQ(problem(before + std::string(1'000'000, '[')),
              "config.json:1: nested more than 100 deep; expected a JSON object");
}

TEST(DecoderConfigTest, KeysGivenTwice) {
  EXPECT_EQ(problem(config("\"a\": 1,\n\"hidden_size\": 64")),
            "config.json:9: hidden_size: duplicate key, first given on line 3; expected it once");
  EXPECT_EQ(problem(config(R"("a": {"b": 1, "b": 2})")),
            "config.json:8: a.b: duplicate key, first given on line 8; expected it once");
}

TEST(DecoderConfigTest, WindowsAreOnOrOff) {
  for (const auto& [value, shown] : {std::pair("0", "0"), std::pair("\"False\"", "'False'"), std::pair("[]", "a list")})
    EXPECT_EQ(problem(config(std::string("\"sliding_window\": 9, \"use_sliding_window\": ") + value)),
              std::string("config.json:8: use_sliding_window: ") + shown + "; expected true or false");
}

TEST(DecoderConfigTest, Families) {
  EXPECT_EQ(problem("{}"), "config.json: model_type: missing; expected one of " + families());
  EXPECT_EQ(problem(config("", "mixtral", "mixtrall")),
            "config.json:2: model_type: 'mixtrall' is not supported; "
            "expected one of " +
                families() + "; did you mean 'mixtral'?");
  EXPECT_EQ(problem(config("", "mixtral", "phi3small")),
            "config.json:2: model_type: 'phi3small' is not supported; expected one of " + families());
  EXPECT_EQ(problem(config("", "\"mixtral\"", "7")), "config.json:2: model_type: 7; expected one of " + families());
  EXPECT_EQ(problem(config("", "\"mixtral\"", "\"\"")), "config.json:2: model_type: ''; expected one of " + families());
  EXPECT_EQ(problem(config("", "\"mixtral\"", "null")),
            "config.json:2: model_type: null; expected one of " + families());
}

TEST(DecoderConfigTest, ValuesThatAreMissing) {
  EXPECT_EQ(problem(config("", " \"hidden_size\": 32,\n", "")),
            "config.json: hidden_size: missing; expected a whole number from 1 to 1000000");
  EXPECT_EQ(problem(config("", "hidden_size", "hiden_size")),
            "config.json: hidden_size: missing; expected a whole number from 1 to 1000000 (there is a 'hiden_size')");
  EXPECT_EQ(problem(config("", "num_hidden_layers", "n_layer")),
            "config.json: num_hidden_layers: missing; expected a whole number from 1 to 10000");
  EXPECT_EQ(problem(config("", "500", "null")),
            "config.json:7: vocab_size: null; expected a whole number from 1 to 100000000");
}

TEST(DecoderConfigTest, ValuesOfTheWrongKind) {
  const std::string expected = "; expected a whole number from 1 to 1000000";
  const auto hidden = [](const std::string& value) {
    return problem(config("", "\"hidden_size\": 32", "\"hidden_size\": " + value));
  };
  EXPECT_EQ(hidden("\"32\""), "config.json:3: hidden_size: '32'" + expected);
  EXPECT_EQ(hidden("[32]"), "config.json:3: hidden_size: a list" + expected);
  EXPECT_EQ(hidden("{\"x\": 32}"), "config.json:3: hidden_size: an object" + expected);
  EXPECT_EQ(hidden("true"), "config.json:3: hidden_size: true" + expected);
  EXPECT_EQ(hidden("32.5"), "config.json:3: hidden_size: 32.5" + expected);
  EXPECT_EQ(hidden("32.0"), "config.json:3: hidden_size: 32.0" + expected);
  EXPECT_EQ(hidden("1e3"), "config.json:3: hidden_size: 1e3" + expected);
  EXPECT_EQ(hidden("0"), "config.json:3: hidden_size: 0" + expected);
  EXPECT_EQ(hidden("-32"), "config.json:3: hidden_size: -32" + expected);
  EXPECT_EQ(hidden("1000001"), "config.json:3: hidden_size: 1000001" + expected);
  EXPECT_EQ(hidden("9223372036854775808"), "config.json:3: hidden_size: 9223372036854775808" + expected);
  EXPECT_EQ(hidden("99999999999999999999999"), "config.json:3: hidden_size: 99999999999999999999999" + expected);
  EXPECT_EQ(hidden("\"" + std::string(100, 'x') + "\""),
            "config.json:3: hidden_size: '" + std::string(60, 'x') + "...'" + expected);
}

TEST(DecoderConfigTest, Bounds) {
  EXPECT_EQ(problem(config("", "64", "100000001")),
            "config.json:4: intermediate_size: 100000001; expected a whole number from 1 to 100000000");
  EXPECT_EQ(problem(config("", "layers\": 3", "layers\": 10001")),
            "config.json:5: num_hidden_layers: 10001; expected a whole number from 1 to 10000");
  EXPECT_EQ(problem(config("", "heads\": 4", "heads\": 100001")),
            "config.json:6: num_attention_heads: 100001; expected a whole number from 1 to 100000");
  EXPECT_EQ(problem(config("", "500", "100000001")),
            "config.json:7: vocab_size: 100000001; expected a whole number from 1 to 100000000");
  EXPECT_EQ(problem(config("\"num_key_value_heads\": 0")),
            "config.json:8: num_key_value_heads: 0; expected a whole number from 1 to 100000");
  EXPECT_EQ(problem(config("\"head_dim\": 1000001")),
            "config.json:8: head_dim: 1000001; expected a whole number from 1 to 1000000");
  EXPECT_EQ(problem(config("\"sliding_window\": -1")),
            "config.json:8: sliding_window: -1; expected a whole number from 1 to 1000000000");
  EXPECT_EQ(problem(config("\"num_local_experts\": 10001")),
            "config.json:8: num_local_experts: 10001; expected a whole number from 1 to 10000");
  EXPECT_EQ(problem(config("\"num_experts_per_tok\": 0")),
            "config.json:8: num_experts_per_tok: 0; expected a whole number from 1 to 10000");
}

TEST(DecoderConfigTest, SizesThatContradictEachOther) {
  EXPECT_EQ(problem(config("\"num_key_value_heads\": 3")),
            "config.json:8: num_key_value_heads: 3; expected a divisor of the 4 num_attention_heads");
  EXPECT_EQ(problem(config("\"num_key_value_heads\": 8")),
            "config.json:8: num_key_value_heads: 8; expected a divisor of the 4 num_attention_heads");
  EXPECT_EQ(problem(config("", "32", "33")),
            "config.json:3: hidden_size: 33; expected a multiple of the 4 num_attention_heads, or a head_dim");
  EXPECT_EQ(problem(config("\"head_dim\": 8", "32", "33")), "");
  EXPECT_EQ(problem(config("\"num_experts_per_tok\": 9")),
            "config.json:8: num_experts_per_tok: 9; expected at most the 8 num_local_experts");
  EXPECT_EQ(problem(config("\"num_local_experts\": 1")),
            "config.json: num_experts_per_tok: 2; expected at most the 1 num_local_experts");
}

TEST(DecoderConfigTest, Activations) {
  const std::string known =
      "expected one of silu, swish, gelu, gelu_new, gelu_pytorch_tanh, gelu_fast, gelu_python, quick_gelu, relu, "
      "relu6, "
      "sigmoid, tanh";
  EXPECT_EQ(problem(config("\"hidden_act\": \"gelu\"")), "");
  EXPECT_EQ(problem(config("\"hidden_act\": \"geluu\"")),
            "config.json:8: hidden_act: 'geluu' is not supported; " + known + "; did you mean 'gelu'?");
  EXPECT_EQ(problem(config("\"hidden_act\": 3")), "config.json:8: hidden_act: 3; " + known);
}

TEST(DecoderConfigTest, ExpertsByTheNameThatAllFamiliesShare) {
  // transformers 5 saves a Qwen3-MoE's num_experts as num_local_experts.
  const std::string sizes = R"({"model_type": "qwen3_moe", "hidden_size": 8, "intermediate_size": 8, "vocab_size": 9,
                                "num_hidden_layers": 1, "num_attention_heads": 4, "num_experts_per_tok": 2)";
  EXPECT_EQ(parse_model_config(sizes + ", \"num_local_experts\": 6}", "a.json").num_local_experts, 6);
  EXPECT_EQ(parse_model_config(sizes + ", \"num_experts\": 5, \"num_local_experts\": 6}", "a.json").num_local_experts,
            5);
  EXPECT_EQ(parse_model_config(sizes + "}", "a.json").num_local_experts, 128);
}

TEST(DecoderConfigTest, AGemma3MayLeaveOutHeadsAndWords) {
  // The text_config of google/gemma-3-4b-it has no more than this.
  const DecoderConfig read = parse_model_config(R"({"model_type": "gemma3", "text_config": {"model_type": "gemma3_text",
      "hidden_size": 2560, "intermediate_size": 10240, "num_hidden_layers": 34, "sliding_window": 1024,
      "rope_scaling": {"factor": 8.0, "rope_type": "linear"}}})",
                                                "a.json");
  EXPECT_EQ(read.num_attention_heads, 8);
  EXPECT_EQ(read.num_key_value_heads, 4);
  EXPECT_EQ(read.head_dim, 256);
  EXPECT_EQ(read.vocab_size, 262208);
  EXPECT_TRUE(read.is_tied);
}

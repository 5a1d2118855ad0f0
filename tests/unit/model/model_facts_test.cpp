#include "upmem_des/model/model_facts.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "model/decoder_source.hpp"
#include "upmem_des/model/decoder_config.hpp"

using namespace upmem_des;

namespace {

using Json = nlohmann::json;

const std::string folder = std::string(PROJECT_DIR) + "/tests/data/models/";

DecoderConfig read(const std::string& name) {
  return read_model_config(folder + name + ".json");
}

DecoderConfig parse(const std::string& text) {
  return parse_model_config(text, "m.json");
}

/// Counted in bfloat16, whatever the file's quantization_config says.
ModelFacts facts_of(const DecoderConfig& config) {
  FactFormats formats;
  formats.weights = NumberFormat::bfloat16;
  return model_facts(config, formats);
}

}  // namespace

TEST(ModelFactsTest, OfPublishedModels) {
  std::ifstream file(folder + "expected/counts.json");
  const Json expected = Json::parse(file);
  int models = 0;
  for (const auto& [name, counts] : expected.items()) {
    if (name == "_note") continue;
    ++models;
    SCOPED_TRACE(name);
    const DecoderConfig config = read(name);
    EXPECT_THAT(config.warnings, testing::IsEmpty());
    const ModelFacts facts = facts_of(config);
    EXPECT_EQ(facts.parameters, counts.at("parameters").get<double>());
    EXPECT_EQ(facts.weights_B, 2 * counts.at("parameters").get<double>());
    EXPECT_EQ(facts.active_parameters, counts.at("active_parameters").get<double>());
    EXPECT_EQ(facts.decode_linear_flop_per_token, counts.at("decode_linear_flop_per_token").get<double>());
    EXPECT_EQ(facts.kv_B_per_token, counts.value("kv_B_per_token", facts.kv_B_per_token));
    EXPECT_EQ(facts.state_B_per_sequence, counts.value("state_B_per_sequence", facts.state_B_per_sequence));
    if (counts.contains("kv_B_per_token_beyond_window")) {
      EXPECT_EQ(facts.kv_B_beyond_window, counts["kv_B_per_token_beyond_window"].get<double>());
    }
    double of_blocks = 0;
    for (const BlockFacts& block : facts.blocks) of_blocks += block.parameters;
    EXPECT_EQ(of_blocks, facts.parameters);
  }
  EXPECT_GT(models, 50);
}

// By hand: table 100 · 8, in_proj 8 · 32 and 16 more channels of convolution (4 taps, a bias), x_proj 16 · (1 + 2 · 4),
// dt_proj 16 + 16, A 16 · 4, D 16, out_proj 16 · 8, norms 8 a layer and 8.
/// Small models of all decoder families, with an option each: as many parameters as transformers' own classes have.
TEST(ModelFactsTest, OfEveryOptionOfAFamily) {
  std::ifstream file(folder + "expected/variants.jsonl");
  int variants = 0;
  for (std::string line; std::getline(file, line); ++variants) {
    SCOPED_TRACE(line);
    // As it stands there: Infinity is Python's, and no JSON.
    const std::size_t config = line.find("\"config\": ") + 10;
    const double parameters = std::stod(line.substr(line.find("\"parameters\": ") + 14));
    EXPECT_EQ(facts_of(parse(line.substr(config, line.size() - config - 1))).parameters, parameters);
  }
  EXPECT_GE(variants, 100);
}

/// hidden 64, 2 layers, 96 in the middle, 128 words, 64 positions, 2 types of tokens, as transformers counts them.
TEST(ModelFactsTest, OfBertsHeads) {
  const auto parameters = [](const std::string& of, const std::string& more = "") {
    return facts_of(parse("{\"model_type\": \"bert\", \"hidden_size\": 64, \"intermediate_size\": 96, "
                          "\"num_hidden_layers\": 2, \"num_attention_heads\": 4, \"vocab_size\": 128, "
                          "\"max_position_embeddings\": 64, \"architectures\": [\"" +
                          of + "\"]" + more + "}"))
        .parameters;
  };
  const double pooler = 64 * 64 + 64;
  const double without = 75392 - pooler;
  const double words = 64 * 64 + 64 + 2 * 64 + 128;  // dense, norm, and the bias of the tied head
  EXPECT_EQ(parameters("BertModel"), 75392);
  EXPECT_EQ(parameters("BertForMaskedLM"), without + words);
  EXPECT_EQ(parameters("BertForMaskedLM"), 75648);
  EXPECT_EQ(parameters("BertForPreTraining"), without + pooler + words + 2 * 65);
  EXPECT_EQ(parameters("BertForPreTraining"), 79938);
  EXPECT_EQ(parameters("BertForSequenceClassification"), without + pooler + 2 * 65);
  EXPECT_EQ(parameters("BertForSequenceClassification", ", \"id2label\": {\"0\": \"a\", \"1\": \"b\", \"2\": \"c\"}"),
            without + pooler + 3 * 65);
  EXPECT_EQ(parameters("BertForTokenClassification", ", \"num_labels\": 9"), without + 9 * 65);
  EXPECT_EQ(parameters("BertForQuestionAnswering"), without + 2 * 65);
  EXPECT_EQ(parameters("BertForMultipleChoice"), without + pooler + 65);
}

/// A head reads what the narrower table is as wide as; another class's name for a language model changes nothing.
TEST(ModelFactsTest, OfOptsHeads) {
  const auto parameters = [](const std::string& of, const std::string& more = "") {
    return facts_of(parse("{\"model_type\": \"opt\", \"hidden_size\": 64, \"ffn_dim\": 96, \"num_hidden_layers\": 2, "
                          "\"num_attention_heads\": 4, \"vocab_size\": 128, \"max_position_embeddings\": 64, "
                          "\"word_embed_proj_dim\": 32, \"architectures\": [\"" +
                          of + "\"]" + more + "}"))
        .parameters;
  };
  const double model = parameters("OPTModel");
  EXPECT_EQ(parameters("OPTForCausalLM"), model) << "the head is the table";
  EXPECT_EQ(parameters("OPTForPreTraining"), model);
  EXPECT_EQ(parameters("OPTForSequenceClassification"), model + 2 * 32);
}

TEST(ModelFactsTest, AHeadThatIsNotKnownIsSaid) {
  const auto warnings = [](const std::string& of) {
    return parse(
               "{\"model_type\": \"llama\", \"hidden_size\": 8, \"intermediate_size\": 16, \"num_hidden_layers\": 1, "
               "\"num_attention_heads\": 2, \"vocab_size\": 10, \"architectures\": [\"" +
               of + "\"]}")
        .warnings;
  };
  EXPECT_THAT(warnings("LlamaForCausalLM"), testing::IsEmpty());
  EXPECT_THAT(warnings("LlamaModel"), testing::IsEmpty());
  EXPECT_THAT(warnings("LlamaForDreams"),
              testing::ElementsAre("m.json: architectures: 'LlamaForDreams' is not known, and its head is taken for a "
                                   "language model's; expected one that ends in ForCausalLM, "
                                   "ForConditionalGeneration, Model, ForMaskedLM, ForSequenceClassification or the "
                                   "like"));
}

TEST(ModelFactsTest, OfMambaByHand) {
  const ModelFacts facts = facts_of(parse(
      R"({"model_type": "mamba", "hidden_size": 8, "num_hidden_layers": 2, "vocab_size": 100, "state_size": 4})"));
  const double layer = 8 * 32 + 16 * 5 + 16 * (1 + 8) + 16 + 16 + 64 + 16 + 16 * 8 + 8;
  EXPECT_EQ(facts.parameters, 800 + 2 * layer + 8) << "the head is the table";
  EXPECT_EQ(facts.kv_B_per_token, 0);
  EXPECT_EQ(facts.state_B_per_sequence, 2 * 2 * (16 * 4 + 16 * 4)) << "states, and four inputs of the convolution";
  EXPECT_EQ(facts.decode_linear_flop_per_token, 2 * (800 + 2 * (8 * 32 + 16 * 9 + 16 + 128)));
}

// in_proj gives the gate (32), x, B and C (32 + 2 · 2 · 4 = 48) and a step a head (4).
TEST(ModelFactsTest, OfMamba2ByHand) {
  const ModelFacts facts =
      facts_of(parse(R"({"model_type": "mamba2", "hidden_size": 16, "num_hidden_layers": 1, "vocab_size": 50,
                         "num_heads": 4, "head_dim": 8, "state_size": 4, "n_groups": 2})"));
  const double layer = 16 * (32 + 48 + 4) + 48 * 5 + 3 * 4 + 32 + 32 * 16 + 16;
  EXPECT_EQ(facts.parameters, 2 * 50 * 16 + layer + 16);
  EXPECT_EQ(facts.state_B_per_sequence, 2 * (4 * 8 * 4 + 48 * 4));
}

// One layer in two has attention, the other Mamba with norms; experts in the second.
TEST(ModelFactsTest, OfJambaByHand) {
  const ModelFacts facts =
      facts_of(parse(R"({"model_type": "jamba", "hidden_size": 8, "intermediate_size": 10, "num_hidden_layers": 2,
                "num_attention_heads": 2, "num_key_value_heads": 1, "vocab_size": 30, "num_experts": 4,
                "num_experts_per_tok": 2, "attn_layer_period": 2, "attn_layer_offset": 0, "expert_layer_period": 2,
                "expert_layer_offset": 1, "mamba_d_state": 4})"));
  const double attention = 8 * 8 + 2 * 8 * 4 + 8 * 8;
  const double mamba = 8 * 32 + 16 * 5 + 16 * 9 + 1 + 4 + 4 + 16 + 16 + 64 + 16 + 16 * 8;
  const double norms = 4 * 8 + 8;
  const double experts = 8 * 4 + 4 * 3 * 80;
  EXPECT_EQ(facts.parameters, 2 * 30 * 8 + attention + mamba + norms + 3 * 80 + experts);
  EXPECT_EQ(facts.active_parameters, facts.parameters - 2 * 3 * 80);
  EXPECT_EQ(facts.kv_B_per_token, 2 * 2 * 4);
}

// Falcon's newer models have as many heads in the cache as num_kv_heads says, its older ones a single one.
TEST(ModelFactsTest, OfFalconsCaches) {
  const std::string sizes =
      R"("model_type": "falcon", "hidden_size": 64, "num_hidden_layers": 3, "num_attention_heads": 8,
                               "vocab_size": 10)";
  const DecoderConfig newer = parse("{" + sizes + R"(, "new_decoder_architecture": true, "num_kv_heads": 2})");
  EXPECT_EQ(facts_of(newer).kv_B_per_token, 3 * 2 * 2 * 2 * 8);
  EXPECT_EQ(DecoderSource(newer, {}).header().num_key_value_heads, 2);
  const DecoderConfig older = parse("{" + sizes + "}");
  EXPECT_EQ(facts_of(older).kv_B_per_token, 3 * 1 * 2 * 2 * 8);
  EXPECT_EQ(DecoderSource(older, {}).header().num_key_value_heads, 1) << "what a run counts";
}

TEST(ModelFactsTest, FormatsOfTheFile) {
  // Table and head: 128256 · 4096 each, bfloat16, as are the norms (65 · 4096); all else has 4 + 20/128 bits.
  const DecoderConfig awq = read("llama-3.1-8b-awq");
  const ModelFacts facts = model_facts(awq, {});
  const double own = 2 * 128256.0 * 4096 + 65 * 4096;
  const double linear = 8030261248 - own;
  ASSERT_EQ(facts.formats.size(), 2U);
  EXPECT_EQ(facts.formats[0].format, NumberFormat::bfloat16);
  EXPECT_EQ(facts.formats[0].bytes, 2 * own);
  EXPECT_EQ(facts.formats[1].format, NumberFormat::int4_g128);
  EXPECT_EQ(facts.formats[1].bytes, linear * (4 + 20.0 / 128) / 8);
  EXPECT_EQ(facts.weights_B, 2 * own + linear * (4 + 20.0 / 128) / 8) << "5.73 GB";
  EXPECT_EQ(facts_of(awq).weights_B, 2 * 8030261248.0) << "a scenario's weight_dtype counts";

  const ModelFacts fp8 = model_facts(read("llama-3.1-8b-fp8"), {});
  EXPECT_EQ(fp8.weights_B, 2 * own + linear);
}

TEST(ModelFactsTest, ModulesThatAreLeftOut) {
  const std::string sizes =
      R"("model_type": "llama", "hidden_size": 8, "intermediate_size": 16, "num_hidden_layers": 3,
         "num_attention_heads": 2, "vocab_size": 10, )";
  const double attention = 4 * 64;
  const double mlp = 3 * 128;
  const double own = 2 * 80 + 7 * 8;
  const auto bytes = [&](const std::string& quantization) {
    return model_facts(parse("{" + sizes + "\"quantization_config\": " + quantization + "}"), {}).weights_B;
  };
  EXPECT_EQ(bytes(R"({"quant_method": "fp8"})"), 2 * own + 3 * (attention + mlp));
  EXPECT_EQ(bytes(R"({"quant_method": "fp8", "modules_to_not_convert": ["model.layers.1.self_attn"]})"),
            2 * own + 3 * (attention + mlp) + attention);
  EXPECT_EQ(bytes(R"({"quant_method": "fp8", "ignored_layers": ["model.layers.*.self_attn"]})"),
            2 * own + 3 * (2 * attention + mlp));
  EXPECT_EQ(bytes(R"({"quant_method": "fp8", "ignore": ["re:.*down_proj", "lm_head"]})"),
            2 * own + 3 * (attention + mlp + 128));
  EXPECT_EQ(bytes(R"({"quant_method": "gptq", "bits": 4, "group_size": 32})"),
            2 * own + 3 * (attention + mlp) * 4.5 / 8);
  EXPECT_EQ(bytes(R"({"quant_method": "bitsandbytes", "load_in_8bit": true})"), 2 * own + 3 * (attention + mlp));
  EXPECT_EQ(bytes(R"({"quant_method": "modelopt", "quant_algo": "NVFP4"})"), 2 * own + 3 * (attention + mlp) * 4.5 / 8);
  EXPECT_EQ(bytes("null"), 2 * (own + 3 * (attention + mlp)));
}

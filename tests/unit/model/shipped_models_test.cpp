#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>

#include "golden_case.hpp"
#include "model/decoder_source.hpp"
#include "upmem_des/model/model_facts.hpp"

using namespace upmem_des;

namespace {

std::vector<std::string> shipped_models() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(std::string(PROJECT_DIR) + "/scenarios/models"))
    names.push_back(entry.path().stem().string());
  std::sort(names.begin(), names.end());
  return names;
}

DecoderConfig shipped(const std::string& name) {
  return read_model_config(std::string(PROJECT_DIR) + "/scenarios/models/" + name + ".json");
}

}  // namespace

// The parameter counts that transformers has, which no wrong size would give.
TEST(ShippedModelsTest, HaveTheirNumberOfParameters) {
  const std::map<std::string, double> published = {
      {"bert-base", 109482240},
      {"deepseek-v2-lite", 15706484224},
      {"deepseek-v3", 671026404352},
      {"falcon-7b", 6921720704},
      {"gemma-2-2b", 2614341888},
      {"gemma-3-1b", 999885952},
      {"glm-4.5-air", 106852245504},
      {"gpt-oss-20b", 20914757184},
      {"gpt2", 124439808},
      {"granite-3.3-2b", 2533539840},
      {"llama-2-13b", 13015864320},
      {"llama-2-70b", 68976648192},
      {"llama-2-7b", 6738415616},
      {"llama-3.1-405b", 405853388800},
      {"llama-3.1-70b", 70553706496},
      {"llama-3.1-8b", 8030261248},
      {"llama-3.2-1b", 1235814400},
      {"llama-4-scout-text", 107769861120},
      {"llama-65b", 65285660672},
      {"mamba-130m", 129135360},
      {"minimax-m2", 228689748992},
      {"ministral-3-3b-text", 3429006336},
      {"mistral-7b", 7241732096},
      {"mixtral-8x22b", 140620634112},
      {"mixtral-8x7b", 46702792704},
      {"olmo-2-1b", 1484916736},
      {"opt-125m", 125239296},
      {"opt-175b", 174604468224},
      {"phi-3-mini-4k", 3821079552},
      {"pythia-1b", 1011781632},
      {"qwen2.5-7b", 7615616512},
      {"qwen3-0.6b", 596049920},
      {"qwen3-30b-a3b", 30532122624},
      {"qwen3-8b", 8190735360},
      {"qwen3-next-80b-a3b", 79674391296},
      {"smollm3-3b", 3075098624},
      {"vit-base-16", 86567656},
      {"whisper-tiny", 37760640},
  };
  std::vector<std::string> names;
  for (const auto& [name, parameters] : published) names.push_back(name);
  EXPECT_EQ(shipped_models(), names);
  for (const std::string& name : shipped_models()) {
    const DecoderConfig config = shipped(name);
    EXPECT_EQ(config.model, name);
    EXPECT_THAT(config.warnings, testing::IsEmpty()) << name;
    EXPECT_EQ(model_facts(config, {}).parameters, published.at(name)) << name;
  }
}

// Experts of gpt-oss-20b, 24 layers of 32 with 3 · 2880 · 2880 weights, have 4.25 bits; all else, their biases too, 16.
// Linear layers of DeepSeek-V3 have 8 bits and a 32-bit scale for 128 · 128; its tables, routers and norms 16.
TEST(ShippedModelsTest, AreStoredAsPublished) {
  const double experts = 24.0 * 32 * 3 * 2880 * 2880;
  EXPECT_EQ(model_facts(shipped("gpt-oss-20b"), {}).weights_B, experts * 4.25 / 8 + 2 * (20914757184.0 - experts));
  const double own = 2 * 129280.0 * 7168 + 58 * 256.0 * 7168 + 1006592;
  EXPECT_EQ(model_facts(shipped("deepseek-v3"), {}).weights_B,
            2 * own + (671026404352.0 - own) * (8 + 32.0 / 16384) / 8);
}

TEST(ShippedModelsTest, SlidingWindows) {
  EXPECT_EQ(shipped("mistral-7b").sliding_window, 4096);
  EXPECT_FALSE(shipped("mixtral-8x7b").sliding_window.has_value());
  EXPECT_FALSE(shipped("llama-2-7b").sliding_window.has_value());
}

TEST(ShippedModelsTest, AreTheModelsOfTheGoldenCases) {
  for (const auto& [name, golden] : std::map<std::string, std::string>{{"llama-2-7b", "llama7b_1chip_64_16_1_int8"},
                                                                       {"llama-2-70b", "llama70b_24dimm_64_4_1"},
                                                                       {"mistral-7b", "mistral7b_4chip_kv8_w128"},
                                                                       {"mixtral-8x7b", "mixtral_plain"}}) {
    const GoldenModelCase expected = read_golden_model_case(golden);
    DecoderSource source(shipped(name), expected.run);
    EXPECT_EQ(source.header().model, expected.header.at("model"));
    LayerEvent event;
    for (const nlohmann::json& line : expected.events) {
      ASSERT_TRUE(source.next(event));
      ASSERT_EQ(published_json(event), line);
    }
  }
}

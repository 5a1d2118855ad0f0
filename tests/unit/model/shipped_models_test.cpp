#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>

#include "golden_case.hpp"
#include "model/decoder_source.hpp"

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

/// Parameters in 1e9: linear weights of one pass, the embedding table (as large as lm_head) and the norms' vectors.
double parameters(const DecoderConfig& config) {
  DecoderRun run;
  run.prompt_tokens = 1;
  run.output_tokens = 1;
  DecoderSource source(config, run);
  auto count = static_cast<double>(config.vocab_size * config.hidden_size);
  for (LayerEvent event; source.next(event);) {
    if (event.type == "Linear") count += event.weight_shape->elements();
    if (event.type == "LlamaRMSNorm") count += static_cast<double>(config.hidden_size);
  }
  return count / 1e9;
}

}  // namespace

TEST(ShippedModelsTest, AreTheDocumentedOnes) {
  EXPECT_THAT(shipped_models(), testing::ElementsAre("llama-2-13b", "llama-2-70b", "llama-2-7b", "llama-3.1-70b",
                                                     "llama-3.1-8b", "mistral-7b", "mixtral-8x22b", "mixtral-8x7b"));
}

// The published parameter counts, which no wrong size would give.
TEST(ShippedModelsTest, HaveTheirPublishedNumberOfParameters) {
  const std::map<std::string, double> published = {{"llama-2-7b", 6.738415616},     {"llama-2-13b", 13.015864320},
                                                   {"llama-2-70b", 68.976648192},   {"llama-3.1-8b", 8.030261248},
                                                   {"llama-3.1-70b", 70.553706496}, {"mistral-7b", 7.241732096},
                                                   {"mixtral-8x7b", 46.702792704},  {"mixtral-8x22b", 140.620634112}};
  for (const std::string& name : shipped_models()) {
    const DecoderConfig config = shipped(name);
    EXPECT_EQ(config.model, name);
    EXPECT_THAT(config.warnings, testing::IsEmpty()) << name;
    EXPECT_DOUBLE_EQ(parameters(config), published.at(name)) << name;
  }
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

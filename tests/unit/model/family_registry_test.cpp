#include "upmem_des/model/family_registry.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

#include "streams.hpp"
#include "upmem_des/util/error.hpp"
#include "util/suggest.hpp"

using namespace upmem_des;
using testing::ElementsAre;

namespace {

/// A family from outside: no attention, a shared expert after the routed ones, the first layer dense.
DecoderDescription describe_odd(const DecoderConfig& config) {
  const std::vector<Size> rows = {Size::Kind::Rows};
  Call call;
  call.type = Name("Linear");
  const auto named = [&](const char* name, std::int64_t id, Size::Kind kind) {
    call.name = Name(name);
    call.id = id;
    call.input = {kind, config.hidden_size};
    call.weight = Shape{config.hidden_size, config.get("odd_width", 3)};
    call.output = {kind, config.get("odd_width", 3)};
    return call;
  };
  DecoderDescription description;
  description.first_layer_id = 0;
  description.vocab_size = config.vocab_size;
  LayerGroup dense;
  dense.layers = 1;
  dense.modules = 1;
  dense.calls = {named("dense", 0, Size::Kind::Rows)};
  LayerGroup sparse;
  sparse.layers = config.num_hidden_layers - 1;
  sparse.modules = 5;
  sparse.experts.experts = 2;
  sparse.experts.chosen = 1;
  sparse.experts.first_id = 1;
  sparse.experts.modules = 2;
  sparse.experts.calls = {named("w", 1, Size::Kind::ExpertRows)};
  sparse.after_experts = {named("shared", 0, Size::Kind::Rows)};
  description.groups = {dense, sparse};
  return description;
}

}  // namespace

TEST(FamilyRegistryTest, FamiliesOfTheProject) {
  EXPECT_THAT(registered_families(), testing::IsSupersetOf({"llama", "mistral", "mixtral"}));
}

TEST(FamilyRegistryTest, AFamilyFromOutside) {
  register_family("odd", describe_odd);
  const DecoderConfig config = parse_model_config(
      R"({"model_type": "odd", "hidden_size": 4, "intermediate_size": 1, "num_hidden_layers": 3,
          "num_attention_heads": 1, "vocab_size": 9, "odd_width": 7})",
      "odd.json");
  EXPECT_THAT(
      lines_of(config, small_run(3, 1)),
      ElementsAre("prefill 0 Linear dense #0 [3, 4] x [4, 7] -> [3, 7]",
                  "prefill 0 Linear w #3 [1, 4] x [4, 7] -> [1, 7]", "prefill 0 Linear w #5 [2, 4] x [4, 7] -> [2, 7]",
                  "prefill 0 Linear shared #1 [3, 4] x [4, 7] -> [3, 7]",
                  "prefill 0 Linear w #8 [2, 4] x [4, 7] -> [2, 7]", "prefill 0 Linear w #10 [1, 4] x [4, 7] -> [1, 7]",
                  "prefill 0 Linear shared #6 [3, 4] x [4, 7] -> [3, 7]"));
}

TEST(FamilyRegistryTest, NamesAreTakenOnce) {
  EXPECT_THROW(register_family("llama", describe_odd), std::logic_error);
  EXPECT_THROW(register_family("", describe_odd), std::logic_error);
  EXPECT_THROW(register_family("new", nullptr), std::logic_error);
}

TEST(FamilyRegistryTest, AConfigOfNoFamily) {
  try {
    describe_decoder(small_config("lama"));
    FAIL();
  } catch (const InputError& error) {
    EXPECT_EQ(error.what(), "small.json: model_type: 'lama' is not supported; expected one of " +
                                listed(registered_families()) + "; did you mean 'llama'?");
  }
}

namespace {

DecoderConfig four_layers(const std::string& model_type, const std::string& keys) {
  return parse_model_config(
      "{\"model_type\": \"" + model_type +
          R"(", "hidden_size": 8, "intermediate_size": 8, "num_attention_heads": 2, "num_key_value_heads": 1,
             "vocab_size": 9, "num_hidden_layers": 4, )" +
          keys + "}",
      "config.json");
}

/// The windows of a model's layers, 0 for none.
std::vector<std::int64_t> windows(const std::string& model_type, const std::string& keys) {
  const DecoderConfig config = four_layers(model_type, keys);
  std::vector<std::int64_t> all;
  for (const LayerGroup& group : describe_decoder(config).groups)
    for (const Call& call : group.calls) {
      const auto* attention = as<operation::Attention>(*call.operation);
      if (attention == nullptr || attention->part != operation::Attention::Part::Fused) continue;
      all.insert(all.end(), static_cast<std::size_t>(group.layers), attention->window);
    }
  return all;
}

}  // namespace

TEST(FamilyRegistryTest, QwensLayersFromMaxWindowLayersOnHaveTheWindow) {
  for (const char* type : {"qwen2", "qwen3"}) {
    const std::string on = "\"sliding_window\": 5, \"use_sliding_window\": true";
    EXPECT_THAT(windows(type, on + ", \"max_window_layers\": 3"), ElementsAre(0, 0, 0, 5));
    EXPECT_THAT(windows(type, on + ", \"max_window_layers\": 0"), ElementsAre(5, 5, 5, 5));
    EXPECT_THAT(windows(type, on), ElementsAre(0, 0, 0, 0));  // 28, as in Hugging Face's class
    EXPECT_THAT(windows(type, "\"sliding_window\": 5, \"max_window_layers\": 0"), ElementsAre(0, 0, 0, 0));
    EXPECT_THAT(windows(type, on + R"(, "max_window_layers": 0, "layer_types": ["sliding_attention", "full_attention",
                        "full_attention", "sliding_attention"])"),
                ElementsAre(5, 0, 0, 5));
  }
}

#include "model/family_registry.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

#include "streams.hpp"
#include "util/error.hpp"
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

#include "profiler/decoder/stored_names.hpp"

#include <gtest/gtest.h>

#include "profiler/decoder/weight_source.hpp"
#include "support/temporary_folder.hpp"
#include "unit/profiler_decoder/safetensors_bytes.hpp"

using namespace upmem_des;
using namespace upmem_des::profiler;
using namespace upmem_des::test;

namespace {

/// A checkpoint of one tensor with the numbers 0, 1, 2, …
struct OneTensor {
  OneTensor(const std::string& name, const std::string& shape, std::int64_t elements) {
    std::vector<float> numbers;
    for (std::int64_t i = 0; i < elements; ++i) numbers.push_back(static_cast<float>(i));
    folder.write("model.safetensors",
                 safetensors("{" + entry(name, shape, 0, 4 * elements) + "}", float_bytes(numbers)));
    checkpoint = Checkpoint::open(folder.str());
  }

  TemporaryFolder folder;
  std::unique_ptr<Checkpoint> checkpoint;
};

std::string found(const std::string& stored, const std::string& name) {
  return stored_name(*OneTensor(stored, "[1]", 1).checkpoint, name);
}

}  // namespace

TEST(StoredNamesTest, OfModelsWithinOthersAndWithoutTheirHead) {
  const std::string norm = "model.norm.weight";
  for (const char* stored :
       {"model.norm.weight", "model.language_model.norm.weight", "language_model.model.norm.weight", "norm.weight"})
    EXPECT_EQ(found(stored, norm), stored);
  EXPECT_EQ(found("h.0.ln_1.bias", "transformer.h.0.ln_1.bias"), "h.0.ln_1.bias");
  EXPECT_EQ(found("language_model.lm_head.weight", "lm_head.weight"), "language_model.lm_head.weight");
  // What is missing keeps its name, for the message.
  EXPECT_EQ(found("other", norm), norm);
}

TEST(StoredNamesTest, ExpertsInPackedTensors) {
  // 2 experts, each [gate; up] of 3 rows of 2.
  const OneTensor packed("model.layers.0.mlp.experts.gate_up_proj", "[2,6,2]", 24);
  StoredWeights weights(*packed.checkpoint, torch::kFloat32, 2);
  const std::string experts = "model.layers.0.mlp.experts.";
  const auto first_of = [&](const std::string& name) {
    return weights.weight(experts + name, {3, 2}, Initial::normal).flatten()[0].item<float>();
  };
  EXPECT_EQ(first_of("0.gate_proj.weight"), 0);
  EXPECT_EQ(first_of("0.up_proj.weight"), 6);
  EXPECT_EQ(first_of("1.gate_proj.weight"), 12);
  EXPECT_EQ(first_of("1.up_proj.weight"), 18);
  EXPECT_TRUE(torch::equal(weights.weight(experts + "1.up_proj.weight", {3, 2}, Initial::normal),
                           torch::tensor({{18.0F, 19.0F}, {20.0F, 21.0F}, {22.0F, 23.0F}})));
  const std::string file = packed.folder.path("model.safetensors");
  EXPECT_EQ(input_error([&] { first_of("0.down_proj.weight"); }),
            file + ": missing tensor 'model.layers.0.mlp.experts.0.down_proj.weight'");
  EXPECT_EQ(input_error([&] {
              weights.weight(experts + "0.up_proj.weight", {4, 2}, Initial::normal);
            }),
            file +
                ": tensor 'model.layers.0.mlp.experts.gate_up_proj': wrong shape [2, 6, 2]; expected [2, 8, 2], as the "
                "config.json says");

  const OneTensor down("experts.down_proj", "[2,2,3]", 12);
  const auto part = packed_part(*down.checkpoint, "model.experts.1.down_proj.weight", 2, {2, 3});
  ASSERT_TRUE(part);
  EXPECT_EQ(part->name, "experts.down_proj");
  EXPECT_EQ(part->first, 6);
  for (const char* other : {"model.experts.1.w1.weight", "model.experts.x.down_proj.weight", "model.experts.1.weight",
                            "model.experts.1.down_proj.bias", "model.down_proj.weight"})
    EXPECT_FALSE(packed_part(*down.checkpoint, other, 2, {2, 3})) << other;
}

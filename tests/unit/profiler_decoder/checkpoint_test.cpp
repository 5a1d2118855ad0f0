#include "profiler/decoder/checkpoint.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/temporary_folder.hpp"
#include "unit/profiler_decoder/safetensors_bytes.hpp"

using namespace upmem_des;
using namespace upmem_des::profiler;
using namespace upmem_des::test;
using testing::ElementsAre;

namespace {

/// A file with one tensor of two numbers.
std::string one_tensor(const std::string& name, float first) {
  return safetensors("{" + entry(name, "[2]", 0, 8) + "}", float_bytes({first, -first}));
}

float first_of(Checkpoint& checkpoint, const std::string& name) {
  torch::Tensor into = torch::empty({2});
  checkpoint.read(name, into);
  return into[0].item<float>();
}

std::string index_of(const std::string& map) {
  return "{\"metadata\":{\"total_size\":16},\"weight_map\":" + map + "}";
}

/// What opening a folder with this index says, without the folder's name. Beside it lies x.safetensors with tensor x.
std::string index_problem(const std::string& index) {
  const TemporaryFolder folder;
  folder.write("model.safetensors.index.json", index);
  folder.write("x.safetensors", one_tensor("x", 1));
  return replaced(input_error([&] { Checkpoint::open(folder.str()); }), folder.str() + "/", "");
}

}  // namespace

TEST(CheckpointTest, NothingThere) {
  const TemporaryFolder folder;
  folder.write("pytorch_model.bin", "x");
  EXPECT_EQ(Checkpoint::open(folder.str()), nullptr);
  EXPECT_EQ(Checkpoint::open(folder.path("no_such_folder")), nullptr);
}

TEST(CheckpointTest, AllFilesOrTheOneOrThoseOfTheIndex) {
  const TemporaryFolder folder;
  folder.write("b.safetensors", one_tensor("b", 2));
  folder.write("a.safetensors", one_tensor("a", 1));
  auto all = Checkpoint::open(folder.str());
  EXPECT_EQ(first_of(*all, "a"), 1);
  EXPECT_EQ(first_of(*all, "b"), 2);

  folder.write("model.safetensors", one_tensor("m", 3));
  auto single = Checkpoint::open(folder.str());
  EXPECT_EQ(first_of(*single, "m"), 3);
  EXPECT_FALSE(single->has("a"));

  folder.write("model.safetensors.index.json", index_of(R"({"a": "a.safetensors", "b": "b.safetensors"})"));
  auto indexed = Checkpoint::open(folder.str());
  EXPECT_TRUE(indexed->has("a"));
  EXPECT_TRUE(indexed->has("b"));
  EXPECT_FALSE(indexed->has("m"));
}

TEST(CheckpointTest, WhatWasNotRead) {
  const TemporaryFolder folder;
  folder.write("b.safetensors", one_tensor("b", 2));
  folder.write("a.safetensors", one_tensor("a", 1));
  folder.write("c.safetensors", one_tensor("c", 1));
  auto checkpoint = Checkpoint::open(folder.str());
  first_of(*checkpoint, "b");
  EXPECT_THAT(checkpoint->unread(), ElementsAre("a", "c"));
}

TEST(CheckpointTest, TensorsThatAreMissingOrOfAnotherShape) {
  const TemporaryFolder folder;
  const std::string file = folder.write("model.safetensors", one_tensor("model.norm.weight", 2));
  auto checkpoint = Checkpoint::open(folder.str());
  torch::Tensor two = torch::empty({2});
  torch::Tensor six = torch::empty({3, 2});
  EXPECT_EQ(input_error([&] { checkpoint->read("lm_head.weight", two); }), file + ": missing tensor 'lm_head.weight'");
  EXPECT_EQ(input_error([&] { checkpoint->read("model.norm.weight", six); }),
            file + ": tensor 'model.norm.weight': wrong shape [2]; expected [3, 2], as the config.json says");
  folder.write("other.safetensors", one_tensor("other", 2));
  std::filesystem::remove(file);
  folder.write("another.safetensors", one_tensor("another", 2));
  auto several = Checkpoint::open(folder.str());
  EXPECT_EQ(input_error([&] { several->read("lm_head.weight", two); }),
            folder.str() + ": missing tensor 'lm_head.weight'");
}

TEST(CheckpointTest, ATensorInTwoFiles) {
  const TemporaryFolder folder;
  const std::string first = folder.write("a.safetensors", one_tensor("x", 1));
  const std::string second = folder.write("b.safetensors", one_tensor("x", 1));
  EXPECT_EQ(input_error([&] { Checkpoint::open(folder.str()); }),
            second + ": tensor 'x': is in " + first + " too; expected each tensor once");
}

TEST(CheckpointTest, IndexesThatLie) {
  const std::string index = "model.safetensors.index.json";
  EXPECT_EQ(index_problem(index_of(R"({"x": "x.safetensors"})")), "no error");
  EXPECT_EQ(index_problem(""), index + ":1: empty; expected an index of tensors");
  EXPECT_EQ(index_problem(std::string((64U << 20U) + 1, ' ')),
            index + ": larger than 64 MiB; expected an index of tensors");
  EXPECT_EQ(index_problem("[]"), index + ":1: a list; expected an object");
  EXPECT_EQ(index_problem("{\"weight_map\": {"), index + ":1: ends in the middle; expected an index of tensors");
  EXPECT_EQ(index_problem("{}"), index + ": weight_map: missing; expected a value");
  EXPECT_EQ(index_problem(index_of("[]")), index + ":1: weight_map: a list; expected an object");
  EXPECT_EQ(index_problem(index_of("{}")),
            index + ":1: weight_map: empty; expected an object of tensors and their files");
  EXPECT_EQ(index_problem(index_of("{\"x\": 3}")), index + ":1: weight_map.x: 3; expected a text");
  for (const std::string name : {"", ".", "..", "../x.safetensors", "/etc/passwd", "a/x.safetensors", "a\\\\x"})
    EXPECT_EQ(index_problem(index_of("{\"x\": \"" + name + "\"}")),
              index + ":1: weight_map.x: '" + replaced(name, "\\\\", "\\") +
                  "'; expected the name of a file beside the index");
  EXPECT_EQ(index_problem(index_of(R"({"x": "y.safetensors"})")),
            index + ": weight_map: 'y.safetensors' is not there; expected all files of the index beside it");
  EXPECT_EQ(index_problem(index_of(R"({"x": "x.safetensors", "y": "x.safetensors"})")),
            "x.safetensors: missing tensor 'y', which the index places there");
}

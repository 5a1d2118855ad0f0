#include <gtest/gtest.h>
#include <torch/version.h>

#include <filesystem>

#include "profiler/libtorch_compat.hpp"
#include "profiler/profile_network.hpp"
#include "profiler/script/script_file.hpp"
#include "support/temporary_folder.hpp"
#include "unit/profiler/script_networks.hpp"

using namespace upmem_des;
using namespace upmem_des::profiler;
using namespace upmem_des::test;

namespace {

/// Of a network from make_networks.py, without "FILE: ".
std::string error(const std::string& name, const std::vector<std::string>& inputs) {
  const TemporaryFolder folder;
  const std::string text =
      input_error([&] { profile_script(network_request(name, inputs), ProfileRequest(), folder.path("trace.jsonl")); });
  EXPECT_TRUE(folder.names().empty());
  const std::string file = network_file(name) + ": ";
  EXPECT_EQ(text.substr(0, file.size()), file);
  return text.substr(std::min(file.size(), text.size()));
}

std::string newer(const std::string& how_new, const std::string& problem) {
  return "saved by a newer torch" + how_new + ": " + problem + "; expected a file saved by torch " +
         libtorch::short_version + " or older, or upmem-des built with a newer libtorch" + libtorch::newer_debian +
         ", whose folder cmake's CMAKE_PREFIX_PATH names";
}

constexpr const char* expected = "; expected a module that torch.jit.save() has written";

}  // namespace

TEST(ProfileScriptErrors, FilesThatAreNoTorchScript) {
  EXPECT_EQ(error("missing", {"1"}), std::string("no such file") + expected);
  EXPECT_EQ(error("empty", {"1"}), std::string("an empty file") + expected);
  EXPECT_EQ(error("random", {"1"}), std::string("no TorchScript") + expected);
  EXPECT_EQ(error("zip", {"1"}), std::string("a zip file that is no TorchScript") + expected);
  EXPECT_EQ(error("truncated", {"1"}), std::string("truncated or damaged") + expected);
  EXPECT_EQ(error("no_forward", {"1"}), "no method 'forward'; expected a module that can be called");
}

TEST(ProfileScriptErrors, Folder) {
  const TemporaryFolder folder;
  ScriptRequest script;
  script.file = folder.str();
  EXPECT_EQ(input_error([&] { profile_script(script, ProfileRequest(), folder.path("trace.jsonl")); }),
            folder.str() + ": a folder" + expected);
}

/// Cut anywhere, it is an error, never a crash.
TEST(ProfileScriptErrors, CutAnywhere) {
  const TemporaryFolder folder;
  const std::string whole = read_bytes(network_file("leaf"));
  ASSERT_GT(whole.size(), 1000U);
  for (std::size_t length = 0; length < whole.size(); length += 97) {
    ScriptRequest script = network_request("leaf", {"2x4"});
    script.file = folder.write("cut.pt", whole.substr(0, length));
    EXPECT_NE(input_error([&] { profile_script(script, ProfileRequest(), folder.path("trace.jsonl")); }), "no error");
  }
  EXPECT_EQ(folder.names(), std::vector<std::string>{"cut.pt"});
}

TEST(ProfileScriptErrors, CompressedRecordsAreFine) {
  EXPECT_EQ(lines(profiled("compressed", {"2x4"}).events), lines(profiled("leaf", {"2x4"}).events));
}

/// Archives that are whole and right, and whose records are not.
TEST(ProfileScriptErrors, RecordsThatAreNoTorchScript) {
  EXPECT_EQ(error("record_twice", {"2x4"}),
            std::string("damaged: record 'net/constants.pkl' is there twice") + expected);
  for (const char* name : {"no_weights", "no_code", "no_pickle", "odd_pickle", "python_pickle", "odd_code"}) {
    const std::string text = error(name, {"2x4"});
    EXPECT_EQ(text.substr(0, text.find(':')), "no TorchScript that libtorch " TORCH_VERSION " can read") << text;
    EXPECT_EQ(text.find('\n'), std::string::npos) << text;
    EXPECT_EQ(text.find("frame #"), std::string::npos) << text;
  }
}

/// One bit of each byte turned: an error, or, where zip files say things twice or for others, no difference.
TEST(ProfileScriptErrors, BitsTurned) {
  const TemporaryFolder folder;
  const std::string whole = read_bytes(network_file("leaf"));
  const auto right = lines(profiled("leaf", {"2x4"}).events);
  ScriptRequest script = network_request("leaf", {"2x4"});
  std::size_t errors = 0;
  for (std::size_t at = 0; at < whole.size(); at += 3) {
    std::string bytes = whole;
    bytes[at] = static_cast<char>(static_cast<unsigned char>(bytes[at]) ^ (1U << (at / 3 % 8)));
    script.file = folder.write("turned.pt", bytes);
    try {
      EXPECT_EQ(lines(profiled(script).events), right) << at;
    } catch (const InputError& error) {
      ++errors;
      const std::string text = error.what();
      EXPECT_EQ(text.find('\n'), std::string::npos) << at << ": " << text;
    }
  }
  EXPECT_GT(errors, 500U);
}

TEST(ProfileScriptErrors, OperatorsOnFiles) {
  for (const char* name : {"saves", "saves_forked", "saves_elsewhere", "saves_when_read", "maps"}) {
    const std::string called = std::string(name) == "maps" ? "aten::from_file" : "aten::save";
    EXPECT_EQ(error(name, {"2x4"}),
              "calls '" + called + "', which reads or writes files: refused; expected a network that only computes");
  }
  EXPECT_FALSE(std::filesystem::exists(std::string(NETWORKS_DIR) + "/written_by_a_network"));
}

TEST(ProfileScriptErrors, VersionOfTheFormat) {
  EXPECT_EQ(error("version_99", {"2x4"}),
            newer("", "libtorch " TORCH_VERSION " does not read this version of the format"));
}

/// Libtorch 1.13 has none of these; 2.6 runs them, the last one because its new operator is in a branch not taken.
TEST(ProfileScriptErrors, FilesOfTorch2) {
  const std::vector<std::pair<std::string, std::string>> operators{
      {"sdpa", "aten::scaled_dot_product_attention"},
      {"mha_scripted", "aten::scaled_dot_product_attention"},
      {"rmsnorm", "aten::rms_norm"},
      {"interpolate", "aten::_upsample_lanczos2d_aa"}};
  for (const auto& [name, unknown] : operators) {
    ScriptRequest script;
    script.file = std::string(PROJECT_DIR) + "/tests/data/torchscript/" + name + ".pt";
    if (libtorch::major_version >= 2) {
      EXPECT_NO_THROW(open_script(script.file)) << name;
      continue;
    }
    EXPECT_EQ(
        input_error([&] { open_script(script.file); }),
        script.file + ": " + newer(" (2.0 or later)", "libtorch " TORCH_VERSION " has no operator '" + unknown + "'"));
  }
}

TEST(ProfileScriptErrors, UnknownOperator) {
  EXPECT_EQ(error("blurred", {"2"}),
            "unknown operator 'test_ops::blur'; expected one of libtorch " TORCH_VERSION
            ", or the library that has it with --operator-library, in a scenario operator_libraries");
}

TEST(ProfileScriptErrors, NumberOfInputs) {
  EXPECT_EQ(error("nested_scripted", {}), "0 inputs; expected 1 input: forward(x: Tensor) -> Tensor");
  EXPECT_EQ(error("nested_scripted", {"2x4", "2x4"}), "2 inputs; expected 1 input: forward(x: Tensor) -> Tensor");
  EXPECT_EQ(error("arguments", {}),
            "0 inputs; expected 1 to 3 inputs: forward(x: Tensor, mask: Optional[Tensor] = None, scale: int = 2) -> "
            "Tensor");
}

TEST(ProfileScriptErrors, ArgumentThatIsNoTensor) {
  EXPECT_EQ(
      error("arguments", {"2", "2", "2"}),
      "input 3, 'scale': '2', a tensor; expected int, as int:3: forward(x: Tensor, mask: Optional[Tensor] = None, "
      "scale: int = 2) -> Tensor");
}

TEST(ProfileScriptErrors, WrongShape) {
  for (const char* name : {"nested_scripted", "nested_traced"})
    EXPECT_EQ(error(name, {"2x5"}),
              "in layer 'body.0' (Linear): mat1 and mat2 shapes cannot be multiplied (2x5 and 4x8)");
  EXPECT_EQ(error("convolutions_scripted", {"2x4x8x10"}),
            "in layer 'strided' (Conv2d): Given groups=1, weight of size [8, 3, 3, 5], expected input[2, 4, 8, 10] to "
            "have 3 channels, but got 4 channels instead");
  EXPECT_EQ(error("eager_attention", {"2x3", "2x4"}),
            "in function 'matmul': mat1 and mat2 shapes cannot be multiplied (2x3 and 4x2)");  // no layer was reached
  EXPECT_EQ(error("leaf", {"2x5"}), "in layer Linear: mat1 and mat2 shapes cannot be multiplied (2x5 and 4x3)");
}

/// The layer is told in a warm-up pass, too.
TEST(ProfileScriptErrors, WrongShapeInWarmUp) {
  const TemporaryFolder folder;
  ScriptRequest script = network_request("nested_scripted", {"2x5"});
  script.warmup = 1;
  EXPECT_EQ(input_error([&] { profile_script(script, ProfileRequest(), folder.path("trace.jsonl")); }),
            network_file("nested_scripted") +
                ": in layer 'body.0' (Linear): mat1 and mat2 shapes cannot be multiplied (2x5 and 4x8)");
}

TEST(ProfileScriptErrors, WrongType) {
  EXPECT_EQ(error("leaf", {"2x4:float64"}), std::string("in layer Linear: mat1 and mat2 must have the same dtype") +
                                                (libtorch::major_version < 2 ? "" : ", but got Double and Float"));
  EXPECT_EQ(
      error("words", {"2x7"}),
      "in layer 'words' (Embedding): Expected tensor for argument #1 'indices' to have one of the following scalar "
      "types: Long, Int; but got CPUFloatType instead (while checking arguments for embedding)");
}

TEST(ProfileScriptErrors, IndexOutOfRange) {
  EXPECT_EQ(error("words", {"2x7:int64:50..50"}), "in layer 'words' (Embedding): index out of range in self");
}

TEST(ProfileScriptErrors, NetworkThatRaises) {
  EXPECT_EQ(error("raises", {"2x4"}), "after layer 'linear' (Linear): ValueError: two rows are one too many");
}

TEST(ProfileScriptErrors, NoMemory) {
  EXPECT_EQ(error("leaf", {"1000000000x1000000"}),
            "input 1000000000x1000000: DefaultCPUAllocator: can't allocate memory: you tried to allocate "
            "4000000000000000 bytes. Error code 12 (Cannot allocate memory)");
}

TEST(ProfileScriptErrors, NothingToRecord) {
  EXPECT_EQ(error("nothing", {"2x4"}), "nothing was recorded; expected a network that calls a layer or a function");
}

TEST(ProfileScriptErrors, TraceThatCannotBeWritten) {
  EXPECT_EQ(input_error([] {
              profile_script(network_request("leaf", {"2x4"}), ProfileRequest(), "/no/such/folder/trace.jsonl");
            }),
            "/no/such/folder/trace.jsonl: no such folder: /no/such/folder");
}

/// Files that are given in place of TorchScript are called what they are.
#include "profiler/script/other_formats.hpp"

#include <gtest/gtest.h>

#include "profiler/script/pickle_start.hpp"
#include "profiler/script/script_file.hpp"
#include "support/temporary_folder.hpp"
#include "unit/profiler/script_networks.hpp"

using namespace upmem_des;
using namespace upmem_des::profiler;
using namespace upmem_des::test;

namespace {

const std::string expected_module = "; expected a module that torch.jit.save() has written";
const std::string script_it =
    ", then save it with torch.jit.script(), torch.jit.trace() or torch.export, or capture it with "
    "scripts/capture_torch.py";
const std::string load_weights = "load the weights into the network in Python" + script_it;
const std::string weights = ": weights, and no network that they are of" + expected_module + ": ";

std::string problem_of(const std::string& file) {
  return replaced(input_error([&] { open_script(file); }), file, "FILE");
}

std::string format_problem(const std::string& name) {
  return problem_of(network_file(name));
}

/// As it is written now, and as it was written before torch 1.6.
void expect_both(const std::string& name, const std::string& text) {
  EXPECT_EQ(format_problem(name), "FILE: " + text);
  EXPECT_EQ(format_problem("old_" + name), "FILE: " + text);
}

}  // namespace

TEST(OtherFormats, WhatTorchSaveWrites) {
  expect_both("state_dict", "a state_dict that torch.save() has written" + weights + load_weights);
  expect_both("checkpoint", "a dictionary that torch.save() has written, as a state_dict or a checkpoint is" + weights +
                                load_weights);
  for (const char* name : {"tensor", "parameter"})
    expect_both(name, "a tensor that torch.save() has written" + weights + load_weights);
  expect_both("list", "a list that torch.save() has written" + expected_module);
  expect_both("tuple", "a tuple that torch.save() has written" + expected_module);
  expect_both("number", "a pickle that torch.save() has written, which only Python can read" + expected_module);
}

TEST(OtherFormats, WholeModules) {
  const std::string text =
      "a pickled object of the class 'torch.nn.modules.container.Sequential', as torch.save(model) writes, which only "
      "Python can read" +
      expected_module + ": torch.load() it in Python" + script_it;
  expect_both("module", text);
  EXPECT_EQ(format_problem("module_protocol_4"), "FILE: " + text);
}

TEST(OtherFormats, FilesOfOthers) {
  EXPECT_EQ(format_problem("safetensors"),
            "FILE: a safetensors file" + weights +
                "profile a language model with --model FOLDER, its config.json in there, or " + load_weights);
  EXPECT_EQ(format_problem("onnx"),
            "FILE: an ONNX file" + expected_module + ": take the PyTorch network that it was made of" + script_it);
  for (const char* name : {"exported", "exported_before_2_8"})
    EXPECT_EQ(format_problem(name),
              "FILE: an archive of torch.export" + expected_module +
                  "; 'upmem-des profile --exported FILE' profiles it, and so does exported: FILE in a "
                  "scenario");
  EXPECT_EQ(format_problem("python_dict"), "FILE: a Python pickle" + expected_module);
}

/// What begins like one of these and is none.
TEST(OtherFormats, FilesOfNobody) {
  const TemporaryFolder folder;
  using namespace std::string_literals;
  for (const std::string& bytes : {"\x08"s, "\x08\x07"s, "\x08\x07hello"s, "\x08\x41\x12"s, "\x08\x00\x12"s, "\x80"s,
                                   "\x80\x06}"s, "\x02\0\0\0\0\0\0\0"s, "\x02\0\0\0\0\0\0\0["s, "\x01\0\0\0\0\0\0\0{"s,
                                   "\x03\0\0\0\0\0\0\0{}"s,                    // more than the file has
                                   "\xff\xff\xff\xff\xff\xff\xff\xff{\"\""s})  // far more
    EXPECT_EQ(problem_of(folder.write("file", bytes)), "FILE: no TorchScript" + expected_module);
  // No more than a version, which a pickle may be.
  EXPECT_EQ(problem_of(folder.write("file", "\x80\x02")), "FILE: a Python pickle" + expected_module);
}

TEST(PickleStart, CutOffItTellsNothingElse) {
  for (const char* name : {"old_state_dict", "old_module"}) {
    const std::string whole = read_bytes(network_file(name));
    const PickleStart right = pickle_start(behind_old_torch_header(whole));
    EXPECT_EQ(right.kind, PickleStart::Kind::Object);
    for (std::size_t length = 0; length < whole.size(); ++length) {
      const PickleStart cut = pickle_start(behind_old_torch_header(std::string_view(whole).substr(0, length)));
      if (cut.kind != PickleStart::Kind::Unknown) {
        EXPECT_EQ(cut.kind, right.kind) << length;
        EXPECT_EQ(cut.type, right.type) << length;
      }
    }
  }
}

TEST(PickleStart, InstructionsThatAreNone) {
  using Kind = PickleStart::Kind;
  for (const char* bytes :
       {"", "\x80", "\x80\x02", "hello", "cmodule", "cmodule\nname", "\x80\x02K\x03.", "X\xff\xff\xff\x7f"})
    EXPECT_EQ(pickle_start(bytes).kind, Kind::Unknown) << bytes;
  EXPECT_EQ(pickle_start("\x80\x02}.").kind, Kind::Dictionary);
  EXPECT_EQ(pickle_start("}").kind, Kind::Dictionary);
  EXPECT_EQ(pickle_start("cmodule\nname\n").type, "module.name");
  EXPECT_EQ(pickle_start("\x8c\x06module\x94\x8c\x04name\x94\x93").type, "module.name");
  EXPECT_TRUE(behind_old_torch_header("hello").empty());
}

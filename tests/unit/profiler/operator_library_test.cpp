#include "profiler/script/operator_library.hpp"

#include <gtest/gtest.h>
#include <torch/version.h>

#include <filesystem>

#include "profiler/profile_network.hpp"
#include "support/temporary_folder.hpp"
#include "unit/profiler/script_networks.hpp"

using namespace upmem_des;
using namespace upmem_des::profiler;
using namespace upmem_des::test;

namespace {

const std::string expected_library =
    "; expected a shared library of operators that was built with libtorch " TORCH_VERSION;

std::string library_problem(const std::string& file) {
  return replaced(input_error([&] { load_operator_library(file); }), file, "LIB");
}

}  // namespace

TEST(OperatorLibrary, ItsOperatorsAreFunctions) {
  ScriptRequest script = network_request("doubled", {"2x4"});
  script.operator_libraries = {TEST_OPERATORS};
  const std::vector<std::string> right{"layer Linear linear 0 [2, 4] * [4, 3] = [2, 3]",
                                       "function upmem_test::twice [2, 3] = [2, 3]"};
  EXPECT_EQ(lines(profiled(script).events), right);
  // Loaded it stays, and it may be loaded again.
  EXPECT_EQ(lines(profiled(script).events), right);
}

TEST(OperatorLibrary, ByANameWithoutAFolder) {
  const std::filesystem::path before = std::filesystem::current_path();
  const std::filesystem::path library = TEST_OPERATORS;
  std::filesystem::current_path(library.parent_path());
  EXPECT_NO_THROW(load_operator_library(library.filename().string()));
  std::filesystem::current_path(before);
}

TEST(OperatorLibrary, FilesThatAreNone) {
  const TemporaryFolder folder;
  EXPECT_EQ(library_problem(folder.path("none.so")), "LIB: no such file");
  EXPECT_EQ(library_problem(folder.str()), "LIB: a folder; expected a shared library of operators");
  EXPECT_EQ(library_problem(folder.write("empty.so", "")), "LIB: no shared library" + expected_library);
  EXPECT_EQ(library_problem(folder.write("text.so", "hello")), "LIB: no shared library" + expected_library);
  EXPECT_EQ(library_problem(folder.write("short.so",
                                         "\x7f"
                                         "ELF")),
            "LIB: cannot be loaded: file too short" + expected_library);
  const std::string whole = read_bytes(TEST_OPERATORS);
  std::string narrow = whole;
  narrow[4] = 1;  // of 32 bits
  EXPECT_EQ(library_problem(folder.write("narrow.so", narrow)),
            "LIB: cannot be loaded: wrong ELF class: ELFCLASS32" + expected_library);
}

/// A library that needs libtorch under another name, and one that needs what this libtorch has not.
TEST(OperatorLibrary, OfAnotherLibtorch) {
  const TemporaryFolder folder;
  const std::string whole = read_bytes(TEST_OPERATORS);
  const auto changed = [&](const std::string& from, const std::string& to) {
    std::string bytes = whole;
    for (std::size_t at = bytes.find(from); at != std::string::npos; at = bytes.find(from, at + 1))
      bytes.replace(at, to.size(), to);
    return folder.write("changed.so", bytes);
  };
  const std::string other = library_problem(changed("libc10.so", "libc10.sx"));
  EXPECT_EQ(other.substr(0, 36), "LIB: for another libtorch: libc10.sx") << other;
}

TEST(OperatorLibrary, UnknownOperators) {
  EXPECT_EQ(expected_operator("mine::blur"),
            "; expected one of libtorch " TORCH_VERSION
            ", or the library that has it with --operator-library, in a scenario operator_libraries");
  const std::string text = input_error([] { profiled("boxes", {"2"}); });
  EXPECT_EQ(text, network_file("boxes") +
                      ": unknown operator 'torchvision::nms'; expected torchvision's library (torchvision/_C.so, built "
                      "with libtorch " TORCH_VERSION ") with --operator-library, in a scenario operator_libraries");
}

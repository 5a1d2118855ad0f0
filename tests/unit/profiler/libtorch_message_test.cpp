#include "profiler/libtorch_message.hpp"

#include <c10/util/Exception.h>
#include <gtest/gtest.h>

#include <stdexcept>

using namespace upmem_des;
using namespace upmem_des::profiler;

namespace {

std::string message(const std::string& text) {
  return libtorch_message(std::runtime_error(text));
}

}  // namespace

TEST(LibtorchMessage, FirstLine) {
  EXPECT_EQ(message("index out of range"), "index out of range");
  EXPECT_EQ(message("\n  bad shape\nExpected this:\nthat\n"), "bad shape");
  EXPECT_EQ(message(""), "an error without a message");
  EXPECT_EQ(message(std::string(900, 'm')), std::string(500, 'm'));
}

TEST(LibtorchMessage, WithoutBacktrace) {
  try {
    TORCH_CHECK(false, "sizes ", 3, " and ", 4);
  } catch (const c10::Error& error) {
    EXPECT_EQ(libtorch_message(error), "sizes 3 and 4");
  }
}

TEST(LibtorchMessage, WithoutTraces) {
  const std::string trace =
      "The following operation failed in the TorchScript interpreter.\n"
      "Traceback of TorchScript, serialized code (most recent call last):\n"
      "  File \"code/__torch__.py\", line 8, in forward\n    y = torch.mm(x, x)\n        ~~~~~~~~ <--- HERE\n";
  EXPECT_EQ(message(trace + "RuntimeError: mat1 and mat2\nmore\n"), "mat1 and mat2");
  EXPECT_EQ(message(trace + "builtins.ValueError: two rows\n"), "ValueError: two rows");
  EXPECT_EQ(message(trace + "own.ShapeError: odd\n"), "own.ShapeError: odd");
}

TEST(LibtorchMessage, WithoutThePlaceInLibtorch) {
  EXPECT_EQ(message("[enforce fail at alloc_cpu.cpp:75] err == 0. DefaultCPUAllocator: can't allocate memory"),
            "DefaultCPUAllocator: can't allocate memory");
}

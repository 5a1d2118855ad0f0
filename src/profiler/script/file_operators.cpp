#include "profiler/script/file_operators.hpp"

#include <torch/csrc/jit/runtime/operator.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace upmem_des::profiler {

namespace {

/// `from_file` makes and lengthens the file where it is to share it.
constexpr std::array<std::string_view, 2> file_operators{"aten::save", "aten::from_file"};

}  // namespace

void remove_file_operators() {
  for (const std::string_view name : file_operators) {
    const auto symbol = c10::Symbol::fromQualString(std::string(name));
    // A copy of the list, which gets shorter.
    const auto operators = torch::jit::getAllOperatorsFor(symbol);
    for (const auto& each : operators) torch::jit::deregisterOperator(each->schema());
  }
}

bool is_file_operator(const std::string& name) {
  return std::find(file_operators.begin(), file_operators.end(), name) != file_operators.end();
}

}  // namespace upmem_des::profiler

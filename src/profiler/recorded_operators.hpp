/// What the recorder knows of an operator. Internal to the room.
#pragma once

#include <ATen/record_function.h>

#include <cstddef>
#include <limits>
#include <string>
#include <unordered_map>

#include "util/name.hpp"

namespace upmem_des::profiler {

struct OperatorInfo {
  static constexpr std::size_t unknown = std::numeric_limits<std::size_t>::max();

  std::string full_name;            ///< "aten::add_"
  Name type;                        ///< as recorded: "add"
  bool free = false;                ///< does no work on tensors whatever its arguments
  bool may_be_view = false;         ///< does no work where its results share its inputs' storage
  bool is_attention = false;        ///< shapes and `causal` are recorded by rules of their own
  std::size_t arguments = unknown;  ///< the last that many of what the recorded call shows are its own
  std::size_t returns = unknown;    ///< likewise
  std::size_t key = 0;              ///< attention: arguments' places
  std::size_t mask = 0;
  std::size_t is_causal = 0;
};

/// By the address of the name, which stays the same as long as the operator is registered: looking an operator up must
/// cost next to nothing.
class RecordedOperators {
 public:
  const OperatorInfo& find(const at::RecordFunction& call);

 private:
  std::unordered_map<const char*, OperatorInfo> by_address_;
};

}  // namespace upmem_des::profiler

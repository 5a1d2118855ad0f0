/// What the recorder knows of an operator. Internal to the room.
#pragma once

#include <ATen/core/function_schema.h>
#include <ATen/record_function.h>

#include <cstddef>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "upmem_des/util/name.hpp"

namespace upmem_des::profiler {

/// What an operator and the layer that runs it have in common: "max_pool2d" and "MaxPool2d" give "maxpool2d".
Name operator_key(std::string_view name);

/// Which operators are described by more than the shapes of their first tensors; see function_call.hpp.
enum class OperatorForm {
  Other,
  Attention,
  Linear,         ///< input, weight, bias
  Product,        ///< matmul, mm, bmm: both operands
  AddedProduct,   ///< addmm, baddbmm: what is added to, then both operands
  Einsum,         ///< equation, operands, path
  Tensordot,      ///< both operands, the sizes of each that are summed over
  Table,          ///< weight, ids
  Convolution,    ///< input, weight, bias, …
  Quantised,      ///< linear or convolution: input, packed weights
  Recurrence,     ///< lstm, gru, rnn of whole sequences
  RecurrentCell,  ///< lstm_cell, …
  MultiHead,      ///< whole multi-head attention in one operator
  EncoderLayer    ///< a whole layer of a transformer's encoder in one operator
};

struct OperatorInfo {
  static constexpr std::size_t unknown = std::numeric_limits<std::size_t>::max();

  std::string full_name;      ///< "aten::add_"
  Name type;                  ///< as recorded: "add"
  Name key;                   ///< operator_key() of it
  bool free = false;          ///< does no work on tensors whatever its arguments
  bool may_be_view = false;   ///< does no work where its results share its inputs' storage
  bool looks = false;         ///< looks at a tensor in another way: what reads a transposed weight is what comes after
  bool never_copies = false;  ///< and never makes another of it
  bool reads_number = false;  ///< gives a number of a tensor to the program that calls it
  OperatorForm form = OperatorForm::Other;
  std::size_t arguments = unknown;  ///< the last that many of what the recorded call shows are its own
  std::size_t returns = unknown;    ///< likewise
  std::shared_ptr<const c10::FunctionSchema> schema;  ///< of what has a form
  /// The place of an argument in the schema; `unknown` where it has none of this name.
  std::size_t place(const char* argument) const;
  /// The argument of this name among those of a call; null where it has none.
  const c10::IValue* argument(const char* name, c10::ArrayRef<const c10::IValue> values) const;
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

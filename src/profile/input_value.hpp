/// What a network is called with: tensors, numbers, texts, None, and lists, tuples and dictionaries of these; and how
/// the command line and scenarios write them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "profile/input_tensor.hpp"
#include "upmem_des/util/error.hpp"

namespace upmem_des {

/// One argument of a network, or what stands in one.
struct InputValue {
  enum class Kind { Tensor, None, Integer, Real, Truth, Text, List, Tuple, Dictionary };

  /// A key of a dictionary: a text, or a whole number.
  struct Key {
    std::string text;
    std::int64_t number = 0;
    bool is_number = false;
  };

  InputValue() = default;
  InputValue(InputTensor input) : tensor(input) {}  // NOLINT(google-explicit-constructor): most inputs are tensors

  Kind kind = Kind::Tensor;
  InputTensor tensor;
  std::int64_t integer = 0;
  double real = 0;  ///< finite
  bool truth = false;
  std::string text;
  std::vector<InputValue> items;  ///< of a list or tuple; a dictionary's values
  std::vector<Key> keys;          ///< of a dictionary, each once
};

/// A tensor as parse_input_tensor() reads it; "none", "int:3", "float:0.5", "bool:true", "str:text" or
/// "str:\"any text\"" (with \" and \\ in it); "[INPUT,…]", "(INPUT,…)", "{NAME=INPUT,…}" with names, whole numbers or
/// quoted texts as keys, up to 16 deep in each other, spaces between their parts left out. Throws InputError
/// ("where: …").
InputValue parse_input(std::string_view text, const SourceLocation& where);

/// The text that reads back as the same input.
std::string to_string(const InputValue& input);
std::string to_string(const InputValue::Key& key);

/// The first tensor of an input, however deep in it; null where there is none.
const InputTensor* first_tensor(const InputValue& input);

}  // namespace upmem_des

/// Inputs as values of TorchScript's types. Internal to the room.
#pragma once

#include <torch/script.h>

#include <stdexcept>
#include <string>

#include "profile/input_value.hpp"

namespace upmem_des::profiler {

/// An input, or what stands in one, is of another type than is asked for.
class WrongType : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The value of `type` that `input` says: None, or what is in it, for an Optional; a whole number for a float, too; a
/// tuple for a named tuple; for Any what the input is. Tensors are drawn in their order. Throws WrongType ("'int:3', a
/// whole number; expected Tensor", of what stands in it "item 2: …", "key 'ids': …"), and c10::Error where there is no
/// memory.
c10::IValue typed_value(const InputValue& input, const c10::TypePtr& type);

}  // namespace upmem_des::profiler

/// What a TorchScript module is called with. Internal to the room.
#pragma once

#include <torch/script.h>

#include <string>
#include <vector>

#include "profile/profile_request.hpp"
#include "upmem_des/util/error.hpp"

namespace upmem_des::profiler {

/// A tensor as asked for, drawn from libtorch's generator. Throws c10::Error where there is no memory for it.
at::Tensor make_input(const InputTensor& input);

/// "forward(x: Tensor, mask: Optional[Tensor] = None) -> Tensor".
std::string readable_schema(const c10::FunctionSchema& schema);

/// Values of the types that a method's arguments have, the first one, the module, apart; its last arguments may have
/// defaults. Throws InputError, with the argument's name and the method's schema, where an input is not of its
/// argument's type, where there are too few or too many, and where there is no memory for one.
std::vector<c10::IValue> make_inputs(const c10::FunctionSchema& schema, const std::vector<InputValue>& inputs,
                                     const SourceLocation& where);

}  // namespace upmem_des::profiler

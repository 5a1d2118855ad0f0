/// What a TorchScript module is called with. Internal to the room.
#pragma once

#include <torch/script.h>

#include <string>
#include <vector>

#include "profile/profile_request.hpp"
#include "util/error.hpp"

namespace upmem_des::profiler {

/// A tensor as asked for, drawn from libtorch's generator. Throws c10::Error where there is no memory for it.
at::Tensor make_input(const InputTensor& input);

/// "forward(x: Tensor, mask: Optional[Tensor] = None) -> Tensor".
std::string readable_schema(const c10::FunctionSchema& schema);

/// Throws InputError when a method does not take `count` tensors; its last arguments may have defaults.
void check_inputs(const c10::FunctionSchema& schema, std::size_t count, const SourceLocation& where);

}  // namespace upmem_des::profiler

/// What an operator that runs outside of layers computes, as far as its arguments tell. Internal to the room.
#pragma once

#include <torch/torch.h>

#include <optional>

#include "profiler/parameter_table.hpp"
#include "profiler/recorded_operators.hpp"
#include "upmem_des/operation/operation.hpp"
#include "upmem_des/operation/shape.hpp"
#include "upmem_des/util/name.hpp"

namespace upmem_des::profiler {

struct FunctionFacts {
  Name type;                             ///< as recorded
  const Operation* operation = nullptr;  ///< null: the type tells all
  Name path;                             ///< of the parameter that is read
  Shape input;
  std::optional<Shape> output;  ///< where it is not the result's
  std::optional<bool> causal;
};

/// The facts of a call:
/// - a product with a parameter (linear, matmul, mm, bmm, addmm, baddbmm, addbmm): `product second=implied` or, of one
///   with three sizes, `packed`, its path, `bias`, and `head tied` where the parameter is an embedding's table, which
///   `parameters` is told; the input is what is multiplied, not what is added to;
/// - embedding: `gather rows=N`, the input are the ids;
/// - a convolution under its public name, with groups, sizes, kernel and bias;
/// - a quantised product or convolution as others are, and what its weights are stored in;
/// - attention: the key with the query's heads is the input; not causal where a row sees later ones.
/// Of all others, and where arguments are not what the operator's name promises, type and first tensor.
FunctionFacts function_facts(const OperatorInfo& info, c10::ArrayRef<const c10::IValue> arguments,
                             ParameterTable* parameters);

}  // namespace upmem_des::profiler

/// Operators that are several kernels or whole blocks of a network, taken apart. Internal to the room.
#pragma once

#include <torch/torch.h>

#include <optional>
#include <vector>

#include "profiler/parameter_table.hpp"
#include "profiler/recorded_operators.hpp"
#include "upmem_des/operation/operation.hpp"
#include "upmem_des/operation/shape.hpp"
#include "upmem_des/util/name.hpp"

namespace upmem_des::profiler {

/// A part of a call, a function event of its own.
struct Piece {
  Name type;
  const Operation* operation = nullptr;
  Name path;
  Shape input;
  Shape output;
  std::optional<bool> causal;
  double work = 0;                 ///< flop, about: the call's time is shared in proportion to it
  std::vector<std::size_t> reads;  ///< earlier pieces; none: what the call reads
  bool reads_inputs = false;       ///< and what the call reads
};

/// The steps of einsum and tensordot (contraction.hpp): products of matrices under the operator's name, and what is
/// summed or multiplied element by element. The pieces of _native_multi_head_attention and
/// _transformer_encoder_layer_fwd, as the modules run them where they are not fused. None of other operators, of nested
/// tensors and of other arguments than nn.MultiheadAttention and nn.TransformerEncoderLayer give.
std::vector<Piece> pieces_of(const OperatorInfo& info, c10::ArrayRef<const c10::IValue> arguments,
                             ParameterTable* parameters);

}  // namespace upmem_des::profiler

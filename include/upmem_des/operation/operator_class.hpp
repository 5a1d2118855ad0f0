/// What sort of work an operation is, for those who show it.
#pragma once

#include <array>
#include <cstdint>

namespace upmem_des {

enum class OperatorClass : std::uint8_t {
  Linear,         ///< linear and recurrent layers, products of matrices outside attention
  Attention,      ///< fused attention, and the products and softmax of eager attention
  Normalization,  ///< RMSNorm, LayerNorm, …
  Activation,     ///< SiLU, GELU, ReLU, …, and softmax outside attention
  Embedding,      ///< look-ups and rotary embeddings
  Convolution,    ///< pooling, resampling
  Other           ///< element by element, reductions, moves, recurrences, and types that nobody here knows
};
inline constexpr std::array operator_classes{
    OperatorClass::Linear,    OperatorClass::Attention,   OperatorClass::Normalization, OperatorClass::Activation,
    OperatorClass::Embedding, OperatorClass::Convolution, OperatorClass::Other};

/// "linear", "attention", "normalization", …
const char* to_string(OperatorClass which);

}  // namespace upmem_des

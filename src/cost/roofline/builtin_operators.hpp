/// The operators that come with the library, one function a file. docs/models.md defines each of them.
#pragma once

#include "cost/roofline/operator_table.hpp"

namespace upmem_des {

/// Linear, Conv1D (GPT-2's Linear) and products of two tensors that are no part of attention.
void add_linear_operators(OperatorTable& table);

/// scaled_dot_product_attention; matmul and bmm, as a part of attention where they are named attn_weights or
/// attn_output, else as plain products; softmax, in attention cut to the sliding window like the scores.
void add_attention_operators(OperatorTable& table);

/// Conv2d and pooling.
void add_convolution_operators(OperatorTable& table);

/// RMSNorms, LayerNorm, GroupNorm, BatchNorm2d.
void add_normalization_operators(OperatorTable& table);

/// Activations, and sums and products of tensors element by element.
void add_elementwise_operators(OperatorTable& table);

/// Embedding and rotary embeddings.
void add_embedding_operators(OperatorTable& table);

/// What networks call beside their layers and was not named above: linear and mm, element-by-element functions, sums
/// over a size, and what only moves or fills tensors.
void add_functions(OperatorTable& table);

/// What does nothing at inference, or only looks at a tensor in another shape.
void add_free_operators(OperatorTable& table);

}  // namespace upmem_des

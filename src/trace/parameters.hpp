/// How many parameters a layer has.
#pragma once

#include <cstdint>

#include "upmem_des/trace/layer_event.hpp"

namespace upmem_des {

/// Elements of an event's weights, by its operation: a Linear or Conv1D has in · out, a Conv2d output channels · input
/// channels · kernel, a norm as many as docs/models.md counts (RMSNorms the last size, LayerNorm twice that, GroupNorm
/// 2 and BatchNorms 4 for each channel), an Embedding `embedding_rows` · its output's last size; everything else none,
/// and functions
/// none, unless their source says what they compute: then a product with a parameter has its sizes, packed experts as
/// many as there are of them. Biases are known where the source says. Throws InputError on a Linear, Conv1D or Conv2d
/// without a weight_shape of two sizes.
double parameter_count(const LayerEvent& event, std::int64_t embedding_rows = 0);

/// How many of them are biases, of products, convolutions and recurrent layers, which are stored as activations are.
double bias_count(const LayerEvent& event);

/// Matrices that a call on so many rows reads: of packed experts those that it names, or else one for each row, as long
/// as there are any.
double matrices_read(const operation::Product& product, const LayerEvent& event, double rows);

/// Elements that an element of a convolution's result is computed of: input channels of its group times places of its
/// kernel. Throws InputError where neither the operation nor a weight_shape of two sizes tells the kernel.
double filter_elements(const operation::Convolution& convolution, const LayerEvent& event);

/// Parameters of a norm over [.., width] or, by channel, [batch, channels, ..].
double norm_parameters(const operation::Norm& norm, const Shape& input);

/// Is it over the last size, and not by channel?
bool normalizes_rows(const operation::Norm& norm);

/// Widths of a recurrent layer's input and state, and of what a step gives: the state, or its projection.
struct RecurrentSizes {
  double input = 0, hidden = 0, output = 0;
};

/// Throws InputError where the output's last size is not that of all directions.
RecurrentSizes recurrent_sizes(const operation::Recurrent& recurrent, const LayerEvent& event);

/// Are an event's weights stored in the run's weight_dtype, and not in its dtype?
bool has_weight_format(const LayerEvent& event);

}  // namespace upmem_des

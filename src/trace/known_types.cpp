#include "trace/known_types.hpp"

#include <cstdint>

namespace upmem_des {

namespace {

using operation::Attention;
using operation::Convolution;
using operation::Gather;
using operation::Movement;
using operation::Norm;
using operation::Nothing;
using operation::Pointwise;
using operation::Product;
using operation::Recurrent;
using Function = Pointwise::Function;
using Second = Product::Second;

Product with_bias(Product product) {
  product.bias = true;
  return product;
}

Product of_int8(Product product) {
  product.stored = operation::StoredAs::Int8;
  return product;
}

/// Each number of the result is one product.
Product outer_product() {
  Product outer = product(Second::Tensor);
  outer.inner = 1;
  return outer;
}

/// As PyTorch makes them unless it is told otherwise.
Norm plain_instance_norm() {
  Norm norm{Norm::Kind::Instance};
  norm.is_plain = true;
  return norm;
}

Pointwise resample(std::int64_t taps) {
  Pointwise pointwise{Function::Resample};
  pointwise.taps = taps;
  return pointwise;
}

Gather bag() {
  Gather gather;
  gather.is_bag = true;
  return gather;
}

Convolution convolution(std::int64_t dimensions) {
  Convolution convolution;
  convolution.dimensions = dimensions;
  return convolution;
}

Convolution transposed(std::int64_t dimensions) {
  Convolution transposed = convolution(dimensions);
  transposed.is_transposed = true;
  return transposed;
}

/// One layer forwards, with biases: what PyTorch makes unless it is told otherwise.
Recurrent recurrent(Recurrent::Cell cell, bool is_step) {
  Recurrent recurrent{cell};
  recurrent.bias = true;
  recurrent.is_step = is_step;
  return recurrent;
}

}  // namespace

Product product(Second second) {
  Product product;
  product.second = second;
  return product;
}

Attention attention(Attention::Part part) {
  Attention attention;
  attention.part = part;
  return attention;
}

// clang-format off
const std::vector<KnownTypes>& known_types() {
  static const std::vector<KnownTypes> types{
      {product(Second::Weight),
       {"Linear", "Conv1D", "LinearReLU"}},
      {product(Second::Implied),
       {"linear", "mm", "linear_relu", "linear_clamp_run", "linear_run", "linear_pointwise", "mkl_linear",
        "mkldnn_linear", "scaled_mm"}},
      {with_bias(product(Second::Implied)),
       {"addmm"}},
      {of_int8(product(Second::Implied)),
       {"linear_dynamic", "linear_relu_dynamic", "fbgemm_linear_int8_weight",
        "fbgemm_linear_int8_weight_fp32_activation", "int_mm", "weight_int8pack_mm", "quantized_linear"}},
      {product(Second::Tensor),
       {"matmul", "bmm", "addbmm", "addmv", "baddbmm", "cdist", "dot", "inner", "linalg_matmul", "linalg_vecdot",
        "mv", "vdot", "vecdot"}},
      {outer_product(),
       {"outer", "ger", "addr"}},
      {attention(Attention::Part::Fused),
       {"scaled_dot_product_attention", "flex_attention", "scaled_dot_product_attention_math",
        "scaled_dot_product_cudnn_attention", "scaled_dot_product_efficient_attention",
        "scaled_dot_product_flash_attention", "scaled_dot_product_flash_attention_for_cpu"}},
      {Norm{Norm::Kind::Rms},
       {"RMSNorm", "LlamaRMSNorm", "MistralRMSNorm", "MixtralRMSNorm", "Qwen2RMSNorm", "Qwen2MoeRMSNorm",
        "Qwen3RMSNorm", "Phi3RMSNorm", "GemmaRMSNorm", "Gemma2RMSNorm", "rms_norm", "fused_rms_norm"}},
      {Norm{Norm::Kind::L2},
       {"normalize", "weight_norm", "weight_norm_interface"}},
      {Norm{Norm::Kind::Layer},
       {"LayerNorm", "layer_norm", "native_layer_norm"}},
      {Norm{Norm::Kind::Group},
       {"GroupNorm", "group_norm", "native_group_norm"}},
      {Norm{Norm::Kind::Batch},
       {"BatchNorm1d", "BatchNorm2d", "BatchNorm3d", "FrozenBatchNorm2d", "SyncBatchNorm", "batch_norm",
        "cudnn_batch_norm", "native_batch_norm", "native_batch_norm_legit_no_training"}},
      {plain_instance_norm(),
       {"InstanceNorm1d", "InstanceNorm2d", "InstanceNorm3d", "instance_norm"}},
      {Norm{Norm::Kind::Response},
       {"LocalResponseNorm", "CrossMapLRN2d", "local_response_norm"}},
      {Pointwise{Function::Silu},
       {"SiLU", "SiLUActivation", "silu", "Swish", "swish"}},
      {Pointwise{Function::GeluErf},
       {"GELU", "GELUActivation", "gelu"}},
      {Pointwise{Function::GeluTanh},
       {"NewGELUActivation", "FastGELUActivation", "PytorchGELUTanh", "GELUTanh", "AccurateGELUActivation", "BloomGelu"}},
      {Pointwise{Function::QuickGelu},
       {"QuickGELUActivation", "QuickGELU"}},
      {Pointwise{Function::Relu},
       {"ReLU", "relu"}},
      {Pointwise{Function::Relu6},
       {"ReLU6", "relu6"}},
      {Pointwise{Function::Sigmoid},
       {"Sigmoid", "sigmoid"}},
      {Pointwise{Function::Tanh},
       {"Tanh", "tanh"}},
      {Pointwise{Function::Glu},
       {"GLU", "glu"}},
      {Pointwise{Function::Softmax},
       {"softmax", "Softmax", "log_softmax", "LogSoftmax", "Softmax2d", "Softmin", "softmin", "gumbel_softmax"}},
      {Pointwise{Function::Activation},
       {"LeakyReLU", "Hardtanh", "Hardsigmoid", "Hardswish", "CELU", "ELU", "Hardshrink", "LogSigmoid", "Mish",
        "PReLU", "RReLU", "SELU", "Softplus", "Softshrink", "Softsign", "Tanhshrink", "Threshold"}},
      {Pointwise{Function::ActivationPass},
       {"elu", "hardtanh", "hardswish", "hardsigmoid", "leaky_relu", "mish", "softplus", "celu", "hardshrink",
        "log_sigmoid", "logsigmoid", "prelu", "rrelu", "selu", "softshrink", "softsign", "tanhshrink", "threshold"}},
      {Pointwise{Function::Binary},
       {"add", "sub", "rsub", "mul", "div", "floor_divide", "remainder", "maximum", "minimum", "logical_and",
        "logical_or", "addcdiv", "addcmul", "atan2", "bitwise_and", "bitwise_or", "bitwise_xor", "copysign", "fmax",
        "fmin", "fmod", "heaviside", "hypot", "index_add", "index_reduce", "kron", "lerp", "logaddexp", "logaddexp2",
        "logical_xor", "polar", "scatter_add", "scatter_reduce", "xlogy", "and", "iand", "ior", "ixor", "or", "xor"}},
      {Pointwise{Function::Pass},
       {"abs", "ceil", "clamp", "clamp_max", "clamp_min", "cos", "erf", "exp", "floor", "ge", "gt", "le", "log",
        "log1p", "logical_not", "lt", "ne", "neg", "eq", "pow", "reciprocal", "round", "rsqrt", "sign", "sin", "sqrt",
        "square", "masked_fill", "where", "tril", "triu", "bitwise_not", "isnan", "all", "amax", "amin", "any",
        "argmax", "argmin", "cumsum", "max", "mean", "min", "norm", "prod", "std", "sum", "topk", "var", "sort",
        "LayerScale", "acos", "acosh", "affine_grid", "affine_grid_generator", "aminmax", "angle", "argsort", "asin",
        "asinh", "atan", "atanh", "bernoulli", "bincount", "bucketize", "clip", "cosh", "cosine_similarity",
        "count_nonzero", "cummax", "cummin", "cumprod", "dequantize", "diff", "erfc", "erfinv", "exp2", "expm1",
        "fake_quantize_per_channel_affine", "fake_quantize_per_tensor_affine", "frac", "histc", "isfinite", "isinf",
        "isin", "kthvalue", "linalg_norm", "linalg_vector_norm", "log10", "log2", "logcumsumexp", "logit",
        "logsumexp", "median", "mode", "msort", "multinomial", "nan_to_num", "nanmean", "nansum", "nms", "nonzero",
        "norm_except_dim", "pairwise_distance", "positive", "quantile", "quantize_per_channel", "quantize_per_tensor",
        "quantize_per_tensor_dynamic", "searchsorted", "sgn", "signbit", "sinh", "std_mean", "tan", "trace", "trunc",
        "unique", "unique2", "unique_consecutive", "unique_dim", "vector_norm", "var_mean", "Quantize", "DeQuantize",
        "greater", "greater_equal", "invert", "less", "less_equal", "not_equal"}},
      {Pointwise{Function::Pooling},
       {"MaxPool2d", "AvgPool2d", "AdaptiveMaxPool2d", "AdaptiveAvgPool2d", "max_pool2d", "avg_pool2d",
        "adaptive_max_pool2d", "adaptive_avg_pool2d", "MaxPool1d", "AvgPool1d", "max_pool1d", "avg_pool1d",
        "AdaptiveAvgPool1d", "AdaptiveAvgPool3d", "AdaptiveMaxPool1d", "AdaptiveMaxPool3d", "AvgPool3d",
        "FractionalMaxPool2d", "FractionalMaxPool3d", "LPPool1d", "LPPool2d", "LPPool3d", "MaxPool3d",
        "adaptive_avg_pool1d", "adaptive_avg_pool3d", "adaptive_max_pool1d", "adaptive_max_pool3d", "avg_pool3d",
        "fractional_max_pool2d", "fractional_max_pool2d_with_indices", "fractional_max_pool3d",
        "fractional_max_pool3d_with_indices", "lp_pool1d", "lp_pool2d", "lp_pool3d", "max_pool1d_with_indices",
        "max_pool2d_with_indices", "max_pool3d", "max_pool3d_with_indices", "mkldnn_adaptive_avg_pool2d",
        "mkldnn_max_pool2d", "mkldnn_max_pool3d", "quantized_max_pool1d", "quantized_max_pool2d",
        "quantized_max_pool3d", "roi_pool"}},
      {resample(2),
       {"upsample_linear1d"}},
      {resample(4),
       {"Upsample", "UpsamplingBilinear2d", "interpolate", "upsample", "upsample_bilinear2d",
        "upsample_bilinear2d_aa", "grid_sample", "grid_sampler", "grid_sampler_2d", "grid_sampler_2d_cpu_fallback"}},
      {resample(8),
       {"upsample_trilinear3d", "grid_sampler_3d"}},
      {resample(16),
       {"upsample_bicubic2d", "upsample_bicubic2d_aa", "roi_align", "ps_roi_align"}},
      {Gather{Gather::Kind::Layer},
       {"Embedding"}},
      {bag(),
       {"EmbeddingBag", "embedding_bag", "embedding_bag_forward_only"}},
      {Gather{Gather::Kind::Function},
       {"embedding"}},
      {Gather{Gather::Kind::Rotary},
       {"LlamaRotaryEmbedding", "MistralRotaryEmbedding", "MixtralRotaryEmbedding", "Qwen2RotaryEmbedding",
        "Qwen3RotaryEmbedding"}},
      {convolution(1),
       {"Conv1d", "ConvReLU1d", "conv1d", "conv1d_relu"}},
      {Convolution{},
       {"Conv2d", "ConvReLU2d", "conv2d", "conv2d_relu", "conv2d_add", "conv2d_add_relu", "conv2d_clamp_run",
        "conv2d_run", "conv_depthwise2d", "convolution", "convolution_mode", "cudnn_convolution",
        "cudnn_convolution_add_relu", "cudnn_convolution_relu", "mkldnn_convolution", "mkldnn_convolution_relu",
        "mkldnn_convolution_add", "mkldnn_convolution_add_relu", "slow_conv2d", "thnn_conv2d"}},
      {convolution(3),
       {"Conv3d", "ConvReLU3d", "conv3d", "conv3d_relu", "conv_depthwise3d", "slow_conv3d"}},
      {transposed(1),
       {"ConvTranspose1d", "conv_transpose1d"}},
      {transposed(2),
       {"ConvTranspose2d", "conv_transpose2d", "conv2d_transpose_clamp_run", "cudnn_convolution_transpose",
        "slow_conv_transpose2d"}},
      {transposed(3),
       {"ConvTranspose3d", "conv_transpose3d", "slow_conv_transpose3d"}},
      {recurrent(Recurrent::Cell::Lstm, false),
       {"LSTM", "lstm", "quantized_lstm"}},
      {recurrent(Recurrent::Cell::Gru, false),
       {"GRU", "gru", "quantized_gru"}},
      {recurrent(Recurrent::Cell::Rnn, false),
       {"RNN", "rnn_relu", "rnn_tanh"}},
      {recurrent(Recurrent::Cell::Lstm, true),
       {"LSTMCell", "lstm_cell"}},
      {recurrent(Recurrent::Cell::Gru, true),
       {"GRUCell", "gru_cell"}},
      {recurrent(Recurrent::Cell::Rnn, true),
       {"RNNCell", "rnn_relu_cell", "rnn_tanh_cell"}},
      {Movement{Movement::Kind::Copy},
       {"_to_copy", "cat", "clone", "constant_pad_nd", "contiguous", "copy", "flip", "gather", "index",
        "index_select", "one_hot", "pad", "pixel_shuffle", "repeat", "repeat_interleave", "roll", "WindowPartition", "WindowDepartition", "scatter", "stack",
        "tile", "to", "type_as", "ChannelShuffle", "CircularPad1d", "CircularPad2d", "CircularPad3d", "ConstantPad1d",
        "ConstantPad2d", "ConstantPad3d", "Fold", "MaxUnpool1d", "MaxUnpool2d", "MaxUnpool3d", "PixelShuffle",
        "PixelUnshuffle", "ReflectionPad1d", "ReflectionPad2d", "ReflectionPad3d", "ReplicationPad1d",
        "ReplicationPad2d", "ReplicationPad3d", "Unfold", "UpsamplingNearest2d", "ZeroPad1d", "ZeroPad2d",
        "ZeroPad3d", "bfloat16", "block_diag", "bool", "channel_shuffle", "circular_pad1d", "circular_pad2d",
        "circular_pad3d", "col2im", "column_stack", "concat", "concatenate", "conv1d_prepack", "conv2d_prepack",
        "conv3d_prepack", "cpu", "cuda", "diag", "diag_embed", "diagflat", "diagonal_scatter", "double", "dstack",
        "fliplr", "flipud", "float", "fold", "half", "hstack", "im2col", "index_copy", "index_fill", "index_put",
        "int", "linear_prepack", "linear_prepack_fp16", "long", "masked_scatter", "masked_select", "max_unpool1d",
        "max_unpool2d", "max_unpool3d", "meshgrid", "mkldnn_reorder_conv2d_weight", "mkldnn_reorder_conv3d_weight",
        "native_channel_shuffle", "pad_sequence", "pixel_unshuffle", "reflection_pad1d", "reflection_pad2d",
        "reflection_pad3d", "replication_pad1d", "replication_pad2d", "replication_pad3d", "rot90", "select_scatter",
        "short", "slice_scatter", "take", "take_along_dim", "to_dense", "to_mkldnn", "unfold", "upsample_nearest",
        "upsample_nearest1d", "upsample_nearest2d", "upsample_nearest3d", "upsample_nearest_exact1d",
        "upsample_nearest_exact2d", "upsample_nearest_exact3d", "vstack", "Downsample"}},
      {Movement{Movement::Kind::Fill},
       {"arange", "fill", "full", "full_like", "linspace", "normal", "ones", "ones_like", "rand", "randn",
        "scalar_tensor", "zero", "zeros", "zeros_like", "new_zeros", "new_ones", "new_full", "empty", "empty_like",
        "eye", "hann_window", "logspace", "new_empty", "new_tensor", "rand_like", "randint", "randint_like",
        "randn_like", "randperm", "tril_indices", "triu_indices", "uniform"}},
      {Nothing{},
       {"Dropout", "dropout", "Identity", "Flatten", "flatten", "Unflatten", "reshape", "view", "permute",
        "transpose", "squeeze", "unsqueeze", "dropout1d", "dropout2d", "Dropout2d", "AlphaDropout", "Dropout1d",
        "Dropout3d", "DropPath", "FeatureAlphaDropout", "LinearActivation", "QuantStub", "DeQuantStub",
        "StochasticDepth", "adjoint", "alias", "alpha_dropout", "as_strided", "broadcast_tensors", "broadcast_to",
        "chunk", "conj", "detach", "diagonal", "drop_path", "dropout3d", "dsplit", "expand", "expand_as",
        "feature_alpha_dropout", "feature_dropout", "hsplit", "imag", "lift", "lift_fresh", "moveaxis", "movedim",
        "narrow", "numpy_T", "ravel", "real", "reshape_as", "resolve_conj", "resolve_neg", "select", "slice", "split",
        "split_with_sizes", "stochastic_depth", "swapaxes", "swapdims", "t", "tensor_split", "unbind", "unflatten",
        "unsafe_chunk", "unsafe_split", "unsafe_view", "view_as", "view_as_complex", "view_as_real", "vsplit",
        "Permute", "Sequential", "SwapAxes"}},
  };
  return types;
}
// clang-format on

}  // namespace upmem_des

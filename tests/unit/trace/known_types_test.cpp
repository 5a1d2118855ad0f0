#include <gtest/gtest.h>

#include <map>
#include <set>
#include <sstream>
#include <string>

#include "upmem_des/trace/recognise.hpp"

using namespace upmem_des;

namespace {

const Operation& operation_of_type(const std::string& type) {
  LayerEvent event;
  event.type = Name(type);
  return operation_of(event);
}

// clang-format off
const std::map<OperatorClass, std::string> expected_types{
    {OperatorClass::Linear,
     "Conv1D GRU GRUCell LSTM LSTMCell Linear LinearReLU RNN RNNCell addbmm addmm addmv addr baddbmm bmm cdist dot "
     "fbgemm_linear_int8_weight fbgemm_linear_int8_weight_fp32_activation ger gru gru_cell inner int_mm "
     "linalg_matmul linalg_vecdot linear linear_clamp_run linear_dynamic linear_pointwise linear_relu "
     "linear_relu_dynamic linear_run lstm lstm_cell matmul mkl_linear mkldnn_linear mm mv outer quantized_gru "
     "quantized_linear quantized_lstm rnn_relu rnn_relu_cell rnn_tanh rnn_tanh_cell scaled_mm vdot vecdot "
     "weight_int8pack_mm "},
    {OperatorClass::Attention,
     "flex_attention scaled_dot_product_attention scaled_dot_product_attention_math "
     "scaled_dot_product_cudnn_attention scaled_dot_product_efficient_attention scaled_dot_product_flash_attention "
     "scaled_dot_product_flash_attention_for_cpu "},
    {OperatorClass::Normalization,
     "BatchNorm1d BatchNorm2d BatchNorm3d CrossMapLRN2d FrozenBatchNorm2d Gemma2RMSNorm GemmaRMSNorm GroupNorm "
     "InstanceNorm1d InstanceNorm2d InstanceNorm3d LayerNorm LlamaRMSNorm LocalResponseNorm MistralRMSNorm "
     "MixtralRMSNorm Phi3RMSNorm Qwen2MoeRMSNorm Qwen2RMSNorm Qwen3RMSNorm RMSNorm SyncBatchNorm batch_norm "
     "cudnn_batch_norm fused_rms_norm group_norm instance_norm layer_norm local_response_norm native_batch_norm "
     "native_batch_norm_legit_no_training native_group_norm native_layer_norm normalize rms_norm weight_norm "
     "weight_norm_interface "},
    {OperatorClass::Activation,
     "AccurateGELUActivation CELU ELU FastGELUActivation GELU GELUActivation GELUTanh GLU Hardshrink Hardsigmoid "
     "Hardswish Hardtanh LeakyReLU LogSigmoid LogSoftmax Mish NewGELUActivation PReLU PytorchGELUTanh QuickGELU "
     "QuickGELUActivation RReLU ReLU ReLU6 SELU SiLU SiLUActivation Sigmoid Softmax Softmax2d Softmin Softplus "
     "Softshrink Softsign Swish Tanh Tanhshrink Threshold celu elu gelu glu gumbel_softmax hardshrink hardsigmoid "
     "hardswish hardtanh leaky_relu log_sigmoid log_softmax logsigmoid mish prelu relu relu6 rrelu selu sigmoid "
     "silu softmax softmin softplus softshrink softsign swish tanh tanhshrink threshold BloomGelu "},
    {OperatorClass::Embedding,
     "Embedding EmbeddingBag LlamaRotaryEmbedding MistralRotaryEmbedding MixtralRotaryEmbedding "
     "Qwen2RotaryEmbedding Qwen3RotaryEmbedding embedding embedding_bag embedding_bag_forward_only "},
    {OperatorClass::Convolution,
     "AdaptiveAvgPool1d AdaptiveAvgPool2d AdaptiveAvgPool3d AdaptiveMaxPool1d AdaptiveMaxPool2d AdaptiveMaxPool3d "
     "AvgPool1d AvgPool2d AvgPool3d Conv1d Conv2d Conv3d ConvReLU1d ConvReLU2d ConvReLU3d ConvTranspose1d "
     "ConvTranspose2d ConvTranspose3d FractionalMaxPool2d FractionalMaxPool3d LPPool1d LPPool2d LPPool3d MaxPool1d "
     "MaxPool2d MaxPool3d Upsample UpsamplingBilinear2d adaptive_avg_pool1d adaptive_avg_pool2d "
     "adaptive_avg_pool3d adaptive_max_pool1d adaptive_max_pool2d adaptive_max_pool3d avg_pool1d avg_pool2d "
     "avg_pool3d conv1d conv1d_relu conv2d conv2d_add conv2d_add_relu conv2d_clamp_run conv2d_relu conv2d_run "
     "conv2d_transpose_clamp_run conv3d conv3d_relu conv_depthwise2d conv_depthwise3d conv_transpose1d "
     "conv_transpose2d conv_transpose3d convolution convolution_mode cudnn_convolution cudnn_convolution_add_relu "
     "cudnn_convolution_relu cudnn_convolution_transpose fractional_max_pool2d fractional_max_pool2d_with_indices "
     "fractional_max_pool3d fractional_max_pool3d_with_indices grid_sample grid_sampler grid_sampler_2d "
     "grid_sampler_2d_cpu_fallback grid_sampler_3d interpolate lp_pool1d lp_pool2d lp_pool3d max_pool1d "
     "max_pool1d_with_indices max_pool2d max_pool2d_with_indices max_pool3d max_pool3d_with_indices "
     "mkldnn_adaptive_avg_pool2d mkldnn_convolution mkldnn_convolution_add mkldnn_convolution_add_relu "
     "mkldnn_convolution_relu mkldnn_max_pool2d mkldnn_max_pool3d ps_roi_align quantized_max_pool1d "
     "quantized_max_pool2d quantized_max_pool3d roi_align roi_pool slow_conv2d slow_conv3d slow_conv_transpose2d "
     "slow_conv_transpose3d thnn_conv2d upsample upsample_bicubic2d upsample_bicubic2d_aa upsample_bilinear2d "
     "upsample_bilinear2d_aa upsample_linear1d upsample_trilinear3d "},
    {OperatorClass::Other,
     "AlphaDropout ChannelShuffle CircularPad1d CircularPad2d CircularPad3d ConstantPad1d ConstantPad2d "
     "ConstantPad3d DeQuantStub DeQuantize DropPath Dropout Dropout1d Dropout2d Dropout3d FeatureAlphaDropout "
     "Flatten Fold Identity LayerScale LinearActivation MaxUnpool1d MaxUnpool2d MaxUnpool3d PixelShuffle "
     "PixelUnshuffle QuantStub Quantize ReflectionPad1d ReflectionPad2d ReflectionPad3d ReplicationPad1d "
     "ReplicationPad2d ReplicationPad3d StochasticDepth Unflatten Unfold UpsamplingNearest2d ZeroPad1d ZeroPad2d "
     "ZeroPad3d _to_copy abs acos acosh add addcdiv addcmul adjoint affine_grid affine_grid_generator alias all "
     "alpha_dropout amax amin aminmax angle any arange argmax argmin argsort as_strided asin asinh atan atan2 "
     "atanh bernoulli bfloat16 bincount bitwise_and bitwise_not bitwise_or bitwise_xor block_diag bool "
     "broadcast_tensors broadcast_to bucketize cat ceil channel_shuffle chunk circular_pad1d circular_pad2d "
     "circular_pad3d clamp clamp_max clamp_min clip clone col2im column_stack concat concatenate conj "
     "constant_pad_nd contiguous conv1d_prepack conv2d_prepack conv3d_prepack copy copysign cos cosh "
     "cosine_similarity count_nonzero cpu cuda cummax cummin cumprod cumsum dequantize detach diag diag_embed "
     "diagflat diagonal diagonal_scatter diff div double drop_path dropout dropout1d dropout2d dropout3d dsplit "
     "dstack empty empty_like eq erf erfc erfinv exp exp2 expand expand_as expm1 eye "
     "fake_quantize_per_channel_affine fake_quantize_per_tensor_affine feature_alpha_dropout feature_dropout fill "
     "flatten flip fliplr flipud float floor floor_divide fmax fmin fmod fold frac full full_like gather ge gt "
     "half hann_window heaviside histc hsplit hstack hypot im2col imag index index_add index_copy index_fill "
     "index_put index_reduce index_select int isfinite isin isinf isnan kron kthvalue le lerp lift lift_fresh "
     "linalg_norm linalg_vector_norm linear_prepack linear_prepack_fp16 linspace log log10 log1p log2 logaddexp "
     "logaddexp2 logcumsumexp logical_and logical_not logical_or logical_xor logit logspace logsumexp long lt "
     "masked_fill masked_scatter masked_select max max_unpool1d max_unpool2d max_unpool3d maximum mean median "
     "meshgrid min minimum mkldnn_reorder_conv2d_weight mkldnn_reorder_conv3d_weight mode moveaxis movedim msort "
     "mul multinomial nan_to_num nanmean nansum narrow native_channel_shuffle ne neg new_empty new_full new_ones "
     "new_tensor new_zeros nms nonzero norm norm_except_dim normal numpy_T one_hot ones ones_like pad pad_sequence "
     "pairwise_distance permute pixel_shuffle pixel_unshuffle polar positive pow prod quantile "
     "quantize_per_channel quantize_per_tensor quantize_per_tensor_dynamic rand rand_like randint randint_like "
     "randn randn_like randperm ravel real reciprocal reflection_pad1d reflection_pad2d reflection_pad3d remainder "
     "repeat repeat_interleave replication_pad1d replication_pad2d replication_pad3d reshape reshape_as "
     "resolve_conj resolve_neg roll rot90 round rsqrt rsub scalar_tensor scatter scatter_add scatter_reduce "
     "searchsorted select select_scatter sgn short sign signbit sin sinh slice slice_scatter sort split "
     "split_with_sizes sqrt square squeeze stack std std_mean stochastic_depth sub sum swapaxes swapdims t take "
     "take_along_dim tan tensor_split tile to to_dense to_mkldnn topk trace transpose tril tril_indices triu "
     "triu_indices trunc type_as unbind unflatten unfold uniform unique unique2 unique_consecutive unique_dim "
     "unsafe_chunk unsafe_split unsafe_view unsqueeze upsample_nearest upsample_nearest1d upsample_nearest2d "
     "upsample_nearest3d upsample_nearest_exact1d upsample_nearest_exact2d upsample_nearest_exact3d var var_mean "
     "vector_norm view view_as view_as_complex view_as_real vsplit vstack where xlogy zero zeros zeros_like and iand ior ixor or xor "
     "greater greater_equal invert less less_equal not_equal Permute Sequential SwapAxes Downsample WindowPartition "
     "WindowDepartition "},
};
// clang-format on

}  // namespace

TEST(KnownTypesTest, EveryTypeThatIsKnownByItsName) {
  std::set<std::string> checked;
  for (const auto& [expected, types] : expected_types) {
    std::istringstream words(types);
    for (std::string type; words >> type;) {
      EXPECT_STREQ(to_string(operator_class(operation_of_type(type))), to_string(expected)) << type;
      EXPECT_TRUE(checked.insert(type).second) << type;
    }
  }
  std::set<std::string> known;
  for (const std::string& type : recognised_types()) {
    EXPECT_EQ(checked.count(type), 1U) << type << " is new: which class has it?";
    EXPECT_TRUE(known.insert(type).second) << type << " is there twice";
  }
  EXPECT_EQ(known.size(), checked.size());
}

TEST(KnownTypesTest, UnderscoresAroundAFunctionCountForNothing) {
  for (const char* type :
       {"relu", "softmax", "unsafe_view", "adaptive_avg_pool2d", "native_batch_norm_legit_no_training"})
    for (const std::string& spelt : {std::string("_") + type, type + std::string("_"), std::string("__") + type + "__"})
      EXPECT_EQ(operation_of_type(spelt), operation_of_type(type)) << spelt;
  EXPECT_EQ(as<operation::Movement>(operation_of_type("_to_copy"))->kind, operation::Movement::Kind::Copy);
  for (const char* type : {"_", "___", "relu6_7"})
    EXPECT_NE(as<operation::Opaque>(operation_of_type(type)), nullptr) << type;
}

TEST(KnownTypesTest, WhatTwoShapesDoNotTellHasNoRule) {
  for (const char* type : {"einsum", "tensordot", "chain_matmul", "linalg_multi_dot", "bilinear", "Bilinear",
                           "conv_tbc", "MultiheadAttention", "TransformerEncoderLayer", "fft_rfft"})
    EXPECT_NE(as<operation::Opaque>(operation_of_type(type)), nullptr) << type;
}

TEST(KnownTypesTest, ClassesOfFamiliesAreKnownByTheirEnds) {
  EXPECT_EQ(as<operation::Norm>(operation_of_type("_WeightNorm"))->kind, operation::Norm::Kind::L2);
  EXPECT_EQ(as<operation::Norm>(operation_of_type("GlobalResponseNorm"))->kind, operation::Norm::Kind::Group);
  EXPECT_EQ(as<operation::Movement>(operation_of_type("SwinRelativePositionBias"))->kind,
            operation::Movement::Kind::Copy);
  EXPECT_EQ(as<operation::Pointwise>(operation_of_type("PositionalEncoding"))->function,
            operation::Pointwise::Function::Binary);
  EXPECT_EQ(as<operation::Pointwise>(operation_of_type("Dinov2LayerScale"))->function,
            operation::Pointwise::Function::Pass);
  EXPECT_EQ(as<operation::Pointwise>(operation_of_type("FastAdaptiveAvgPool"))->function,
            operation::Pointwise::Function::Pooling);
  for (const char* type : {"BeitDropPath", "Wav2Vec2SamePadLayer", "StableDropout"})
    EXPECT_NE(as<operation::Nothing>(operation_of_type(type)), nullptr) << type;
}

TEST(KnownTypesTest, RecurrentLayersHaveWhatPyTorchGivesThem) {
  const auto* lstm = as<operation::Recurrent>(operation_of_type("LSTM"));
  ASSERT_NE(lstm, nullptr);
  EXPECT_EQ(*lstm, *as<operation::Recurrent>(operation_of_type("lstm")));
  EXPECT_TRUE(lstm->bias);
  EXPECT_EQ(lstm->layers * lstm->directions, 1);
  EXPECT_TRUE(as<operation::Recurrent>(operation_of_type("GRUCell"))->is_step);
  EXPECT_EQ(as<operation::Recurrent>(operation_of_type("rnn_relu_cell"))->cell, operation::Recurrent::Cell::Rnn);
}

TEST(KnownTypesTest, ConvolutionsGoAlongAsManySizesAsTheirNamesSay) {
  EXPECT_EQ(as<operation::Convolution>(operation_of_type("Conv1d"))->dimensions, 1);
  EXPECT_EQ(as<operation::Convolution>(operation_of_type("conv3d"))->dimensions, 3);
  EXPECT_TRUE(as<operation::Convolution>(operation_of_type("ConvTranspose3d"))->is_transposed);
  EXPECT_FALSE(as<operation::Convolution>(operation_of_type("Conv2d"))->is_transposed);
}

// [4, 2, 3] times [4, 3, 5], summed: [2, 5], each number of it of 4 · 3 products.
TEST(KnownTypesTest, ASumOfProductsIsOneOfLongerRows) {
  LayerEvent event;
  event.kind = EventKind::Function;
  event.type = Name("addbmm");
  event.name = Name("x");
  event.input_shape = {4, 2, 3};
  event.output_shape = {2, 5};
  EventContext().complete(event);
  const auto* product = as<operation::Product>(operation_of(event));
  ASSERT_NE(product, nullptr);
  EXPECT_EQ(product->inner, 12);
}

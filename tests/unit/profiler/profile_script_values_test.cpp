/// What events say beside type, name and shapes: operations, parameters' paths, and calls that are taken apart.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/profiler/script_networks.hpp"

using namespace upmem_des;
using namespace upmem_des::test;
using testing::ElementsAre;

TEST(ProfileScriptValues, HeadWithTheTable) {
  for (const char* name : {"tied_head_scripted", "tied_head_traced"}) {
    const Profiled result = profiled(name, {"2x4:int64:0..999"});
    EXPECT_THAT(lines(result.events), ElementsAre("layer Embedding table 0 [2, 4] * [1, 1] = [2, 4, 8]",
                                                  "layer Linear head 1 [2, 4, 8] * [8, 1000] = [2, 4, 1000]"));
    EXPECT_THAT(operations(result.events),
                ElementsAre("table: gather rows=1000 tied", "head: product format=activations head tied"));
  }
}

/// The second name counts no layer: `out` has id 1.
TEST(ProfileScriptValues, TableUnderTwoNames) {
  for (const char* name : {"shared_table_scripted", "shared_table_traced"}) {
    const Profiled result = profiled(name, {"2x4:int64:0..999"});
    EXPECT_THAT(lines(result.events), ElementsAre("layer Embedding shared 0 [2, 4] * [1, 1] = [2, 4, 8]",
                                                  "layer Linear encoder.out 1 [2, 4, 8] * [8, 3] = [2, 4, 3]"));
    EXPECT_THAT(operations(result.events), ElementsAre("shared: gather rows=1000", "encoder.out: product bias"));
  }
}

/// 10 − 3 + 1 = 8 places; of two such planes a kernel of 2 × 1 × 3 leaves one of 8 − 3 + 1 = 6.
TEST(ProfileScriptValues, ConvolutionsOfAllSizes) {
  for (const char* name : {"many_convolutions_scripted", "many_convolutions_traced"}) {
    const Profiled result = profiled(name, {"2x4x10"});
    EXPECT_THAT(lines(result.events),
                ElementsAre("layer Conv1d line 0 [2, 4, 10] * [1, 3] = [2, 8, 8]",
                            "layer Conv2d depthwise 1 [2, 8, 1, 8] * [3, 3] = [2, 8, 1, 8] stride 1 1 padding 1 1",
                            "function stack [2, 8, 1, 8] = [2, 8, 2, 1, 8]",
                            "layer Conv3d cube 2 [2, 8, 2, 1, 8] * [1, 6] = [2, 2, 1, 1, 6]",
                            "layer GELU gelu 3 [2, 2, 1, 1, 6] * [1, 1] = [2, 2, 1, 1, 6]"));
    EXPECT_THAT(operations(result.events),
                ElementsAre("line: convolution groups=2 dimensions=1 kernel=3 bias", "depthwise: convolution groups=8",
                            "stack: movement", "cube: convolution dimensions=3 kernel=6 bias",
                            "gelu: pointwise function=gelu_tanh"));
  }
}

TEST(ProfileScriptValues, LayersThatAreLinearByTheirNames) {
  for (const char* name : {"named_linear_scripted", "named_linear_traced"}) {
    const Profiled result = profiled(name, {"2x3x6"});
    EXPECT_THAT(lines(result.events), ElementsAre("layer Conv1D first 0 [2, 3, 6] * [6, 6] = [2, 3, 6]",
                                                  "layer MyLinear mine 1 [2, 3, 6] * [6, 4] = [2, 3, 4]",
                                                  "layer OddLinear* odd 2 [2, 3, 4] * [1, 1] = [4]"));
    EXPECT_THAT(operations(result.events), ElementsAre("first: product bias", "mine: product", "odd: opaque"));
  }
}

/// In einsum b and t are rows, 2 · 7 of them, of one matrix.
TEST(ProfileScriptValues, FunctionsOfParameters) {
  const Profiled result = profiled("functions_on_parameters", {"2x7:int64:0..49"});
  EXPECT_THAT(lines(result.events),
              ElementsAre("layer Embedding inner.table 0 [2, 7] * [1, 1] = [2, 7, 6]",
                          "function matmul [2, 7, 6] = [2, 7, 6]", "function addmm [14, 6] = [14, 6]",
                          "function bmm [2, 7, 6] = [2, 7, 5]", "function conv1d [2, 6, 7] = [2, 6, 6]",
                          "function einsum [1, 14, 6] = [1, 14, 6]", "function matmul [7, 6] = [2, 7, 5]",
                          "function addbmm [2, 7, 6] = [7, 5]", "function linear [2, 7, 6] = [2, 7, 50]"));
  EXPECT_THAT(operations(result.events),
              ElementsAre("inner.table: gather rows=50 tied", "square: product second=implied",
                          "square: product second=implied bias", "experts: product second=packed matrices=2",
                          "filters: convolution groups=2 dimensions=1 kernel=2", "einsum: product second=tensor",
                          "matmul: product second=tensor", "addbmm: product second=tensor inner=12",
                          "inner.table.weight: product second=implied format=activations head tied"));
}

/// einsum of three operands: [b, i, j] times [b, j, k], then what they give times [b, k, l].
TEST(ProfileScriptValues, ContractionsAreProducts) {
  for (const char* name : {"contractions_scripted", "contractions_traced"}) {
    const Profiled result = profiled(name, {"2x3x4"});
    EXPECT_THAT(lines(result.events),
                ElementsAre("function einsum [2, 3, 4] = [2, 3, 3]", "function einsum [2, 3, 3] = [2, 3, 4]",
                            "function tensordot [1, 6, 4] = [1, 6, 6]", "function sum [3, 4] = [3]",
                            "function sum [3, 4] = [4]", "function mul [3] = [3, 4]",
                            "function mul [2, 3, 4] = [2, 3, 4]", "function sum [2, 3, 4] = [2, 3]"));
    EXPECT_THAT(operations(result.events),
                ElementsAre("einsum: product second=tensor", "einsum: product second=tensor",
                            "tensordot: product second=tensor", "sum: pointwise", "sum: pointwise",
                            "mul: pointwise function=binary", "mul: pointwise function=binary", "sum: pointwise"));
    EXPECT_THAT(deps(result.events), ElementsAre("0: before", "1: 0", "2: 1", "3: nothing", "4: nothing", "5: 3 4",
                                                 "6: nothing", "7: nothing"));
    // 2 · 2 · 3 · 3 · 4 flop each.
    EXPECT_NEAR(*result.events[0].duration_ns, *result.events[1].duration_ns, 1e-3);
  }
}

TEST(ProfileScriptValues, QuantisedLayers) {
  for (const char* name : {"quantised_scripted", "quantised_traced"}) {
    const Profiled result = profiled(name, {"2x3x6"});
    EXPECT_THAT(lines(result.events), ElementsAre("layer LSTM lstm 0 [2, 3, 6] * [1, 1] = [2, 3, 8]",
                                                  "layer Linear head 1 [2, 3, 8] * [8, 4] = [2, 3, 4]"));
    EXPECT_THAT(operations(result.events), ElementsAre("lstm: recurrent hidden=8 bias batch_first weights=int8",
                                                       "head: product bias weights=int8"));
  }
  const Profiled before = profiled("quantised_before", {"2x4x8x8"});
  EXPECT_THAT(lines(before.events),
              ElementsAre("layer Quantize quant 0 [2, 4, 8, 8] * [1, 1] = [2, 4, 8, 8]",
                          "layer Conv2d conv 2 [2, 4, 8, 8] * [3, 3] = [2, 6, 4, 4] stride 2 2 padding 1 1",
                          "layer Identity act 3 [2, 6, 4, 4] * [1, 1] = [2, 6, 4, 4]",
                          "function mean [2, 6, 4, 4] = [2, 6]", "layer Linear head 4 [2, 6] * [6, 5] = [2, 5]",
                          "layer DeQuantize dequant 1 [2, 5] * [1, 1] = [2, 5]"));
  EXPECT_THAT(operations(before.events),
              ElementsAre("quant: pointwise", "conv: convolution groups=2 bias weights=int8", "act: nothing",
                          "mean: pointwise", "head: product bias weights=int8", "dequant: pointwise"));
}

/// Weights are constants of the code then.
TEST(ProfileScriptValues, FrozenQuantisedNetwork) {
  const Profiled result = profiled("quantised_before_frozen", {"2x4x8x8"});
  EXPECT_THAT(lines(result.events),
              ElementsAre("function quantize_per_tensor [2, 4, 8, 8] = [2, 4, 8, 8]",
                          "function conv2d [2, 4, 8, 8] = [2, 6, 4, 4]", "function mean [2, 6, 4, 4] = [2, 6]",
                          "function linear [2, 6] = [2, 5]", "function dequantize [2, 5] = [2, 5]"));
  const auto operation_of = [&](std::size_t at) { return operations(result.events)[at]; };
  EXPECT_THAT(operation_of(1),
              testing::MatchesRegex("CONSTANTS.c[0-9]: convolution groups=2 kernel=9 bias weights=int8"));
  EXPECT_THAT(operation_of(3), testing::MatchesRegex("CONSTANTS.c[0-9]: product second=implied bias weights=int8"));
}

TEST(ProfileScriptValues, FrozenConvolution) {
  const Profiled result = profiled("frozen_convolution", {"2x4x8x8"});
  EXPECT_THAT(lines(result.events),
              ElementsAre("function conv2d [2, 4, 8, 8] = [2, 8, 6, 6]", "function relu [2, 8, 6, 6] = [2, 8, 6, 6]"));
  EXPECT_THAT(operations(result.events),
              ElementsAre("CONSTANTS.c0: convolution groups=2 kernel=9 bias", "relu: pointwise function=relu"));
}

TEST(ProfileScriptValues, RecurrentLayers) {
  for (const char* name : {"recurrent_scripted", "recurrent_traced"})
    EXPECT_THAT(operations(profiled(name, {"2x4x3"}).events),
                ElementsAre("lstm: recurrent hidden=5 bias batch_first", "fc: product bias"));
  EXPECT_THAT(operations(profiled("deep_recurrent", {"4x2x3"}).events),
              ElementsAre("gru: recurrent cell=gru hidden=5 layers=2 directions=2"));
  EXPECT_THAT(operations(profiled("projected", {"4x2x3"}).events),
              ElementsAre("lstm: recurrent hidden=5 projection=2 bias"));
}

TEST(ProfileScriptValues, TransposedConvolution) {
  const Profiled result = profiled("transposed", {"2x8x4x4"});
  EXPECT_THAT(lines(result.events), ElementsAre("layer ConvTranspose2d  0 [2, 8, 4, 4] * [2, 2] = [2, 4, 8, 8]"));
  EXPECT_THAT(operations(result.events), ElementsAre("ConvTranspose2d: convolution bias transposed"));
}

TEST(ProfileScriptValues, SizesAreNoWork) {
  EXPECT_THAT(lines(profiled("sizes", {"2x4"}).events), ElementsAre("function relu [2, 4] = [2, 4]"));
}

/// Two heads of 8 numbers. Work: 2 · 16 rows · 16 · 48 = 24,576 of the first product, 2 · 2 · 8 · 8 scores of 4 · 8 + 5
/// = 9,472, 2 · 16 · 16 · 16 = 8,192 of the last, 42,240 in all.
TEST(ProfileScriptValues, FusedAttentionIsTakenApart) {
  const Profiled result = profiled("self_attention", {"2x8x16"});
  ASSERT_THAT(lines(result.events),
              ElementsAre("function linear [2, 8, 16] = [2, 8, 48]",
                          "function scaled_dot_product_attention [2, 2, 8, 8] = [2, 2, 8, 8] causal 0",
                          "function linear [2, 8, 16] = [2, 8, 16]"));
  EXPECT_THAT(operations(result.events),
              ElementsAre("inner.in_proj_weight: product second=implied columns=query_key_value query_columns=16 bias",
                          "scaled_dot_product_attention: attention uncached",
                          "inner.out_proj.weight: product second=implied bias"));
  double sum_ns = 0;
  for (const LayerEvent& event : result.events) sum_ns += *event.duration_ns;
  const double works[] = {24'576, 9'472, 8'192};
  double start_ns = 0;
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_NEAR(*result.events[i].duration_ns / sum_ns, works[i] / 42'240, 1e-9);
    EXPECT_NEAR(*result.events[i].start_ns, start_ns, 1e-3);
    start_ns += *result.events[i].duration_ns;
  }
  EXPECT_THAT(deps(result.events), ElementsAre("0: before", "1: 0", "2: 1"));
}

TEST(ProfileScriptValues, FusedEncoderLayersAreTakenApart) {
  const auto types = [](const Profiled& result) {
    std::vector<std::string> all;
    for (const LayerEvent& event : result.events)
      all.push_back(event.type.str() + (event.path.empty() ? "" : " " + event.path.str()) + " " +
                    event.output_shape.str());
    return all;
  };
  const Profiled last = profiled("encoder", {"2x8x16"});
  EXPECT_THAT(
      types(last),
      ElementsAre("linear layer.self_attn.in_proj_weight [2, 8, 48]", "scaled_dot_product_attention [2, 2, 8, 8]",
                  "linear layer.self_attn.out_proj.weight [2, 8, 16]", "add [2, 8, 16]",
                  "layer_norm layer.norm1.weight [2, 8, 16]", "linear layer.linear1.weight [2, 8, 32]",
                  "relu [2, 8, 32]", "linear layer.linear2.weight [2, 8, 16]", "add [2, 8, 16]",
                  "layer_norm layer.norm2.weight [2, 8, 16]"));
  EXPECT_THAT(deps(last.events),
              ElementsAre("0: before", "1: 0", "2: 1", "3: 2", "4: 3", "5: 4", "6: 5", "7: 6", "8: 4 7", "9: 8"));
  const Profiled first = profiled("encoder_norm_first", {"2x8x16"});
  EXPECT_THAT(
      types(first),
      ElementsAre("layer_norm layer.norm1.weight [2, 8, 16]", "linear layer.self_attn.in_proj_weight [2, 8, 48]",
                  "scaled_dot_product_attention [2, 2, 8, 8]", "linear layer.self_attn.out_proj.weight [2, 8, 16]",
                  "add [2, 8, 16]", "layer_norm layer.norm2.weight [2, 8, 16]",
                  "linear layer.linear1.weight [2, 8, 32]", "gelu [2, 8, 32]", "linear layer.linear2.weight [2, 8, 16]",
                  "add [2, 8, 16]"));
  EXPECT_THAT(deps(first.events),
              ElementsAre("0: before", "1: 0", "2: 1", "3: 2", "4: 3", "5: 4", "6: 5", "7: 6", "8: 7", "9: 4 8"));
}

TEST(ProfileScriptValues, TheLayerThatEndsAPass) {
  EXPECT_EQ(profiled("tied_head_traced", {"2x4:int64:0..999"}).header.last_layer, "head");
  EXPECT_EQ(profiled("branches_scripted", {"2x4", "2x4"}).header.last_layer, "head");
  EXPECT_EQ(profiled("twice_scripted", {"2x4"}).header.last_layer, "second");
  EXPECT_EQ(profiled("shared", {"2x4"}).header.last_layer, "third");
  EXPECT_EQ(profiled("frozen", {"2x4"}).header.last_layer, "");  // it has no layers
  EXPECT_FALSE(profiled("shared", {"2x4"}).header.marks_passes);
}

/// tanh, softmax and the like behind the last layer belong to their pass; so does all of a network without layers.
TEST(ProfileScriptValues, PassesThatEndWithAFunctionAreMarked) {
  const auto ends = [](const Profiled& result) {
    std::vector<std::int64_t> all;
    for (const LayerEvent& event : result.events)
      if (event.ends_pass) all.push_back(event.seq);
    return all;
  };
  ScriptRequest request = network_request("nested_scripted", {"2x4"});
  request.repeat = 3;
  const Profiled nested = profiled(request, false);
  EXPECT_EQ(nested.header.last_layer, "head.0");
  EXPECT_TRUE(nested.header.marks_passes);
  EXPECT_THAT(ends(nested), ElementsAre(4, 9, 14));
  request.file = network_file("frozen");
  const Profiled frozen = profiled(request, false);
  EXPECT_TRUE(frozen.header.marks_passes);
  EXPECT_THAT(ends(frozen), ElementsAre(4, 9, 14));
}

#include "upmem_des/trace/recognise.hpp"

#include <gtest/gtest.h>

#include <string>

using namespace upmem_des;

namespace {

OperatorClass class_of(const std::string& type, const std::string& name = "") {
  LayerEvent event;
  event.type = Name(type);
  event.name = Name(name);
  return operator_class(event);
}

}  // namespace

TEST(OperatorClassTest, TheProductsOfEagerAttentionHaveNames) {
  for (const char* product : {"matmul", "bmm"}) {
    EXPECT_EQ(class_of(product, "attn_weights"), OperatorClass::Attention);
    EXPECT_EQ(class_of(product, "attn_output"), OperatorClass::Attention);
    EXPECT_EQ(class_of(product, "router_logits"), OperatorClass::Linear);
  }
  EXPECT_EQ(class_of("Linear", "attn_output"), OperatorClass::Linear) << "a layer is no product of eager attention";
  EXPECT_EQ(class_of("add", "attn_weights"), OperatorClass::Other) << "the mask";
}

TEST(OperatorClassTest, SoftmaxOfAttentionAndOfOthers) {
  EXPECT_EQ(class_of("softmax", "attn_weights"), OperatorClass::Attention);
  EXPECT_EQ(class_of("softmax", "routing_weights"), OperatorClass::Activation);
  EXPECT_EQ(class_of("softmax"), OperatorClass::Activation);
  EXPECT_EQ(class_of("softmax", "attn_output"), OperatorClass::Activation);
}

TEST(OperatorClassTest, FusedAttentionNeedsNoName) {
  EXPECT_EQ(class_of("scaled_dot_product_attention", "anything"), OperatorClass::Attention);
}

TEST(OperatorClassTest, NamesAlonePromiseNothing) {
  EXPECT_EQ(class_of("Linear", "norm"), OperatorClass::Linear);
  EXPECT_EQ(class_of("mul", "SiLU"), OperatorClass::Other);
}

TEST(OperatorClassTest, EveryFamilyHasNormsAndRotaryEmbeddingsOfItsOwn) {
  EXPECT_EQ(class_of("Gemma3RMSNorm"), OperatorClass::Normalization);
  EXPECT_EQ(class_of("NobodysLayerNorm"), OperatorClass::Normalization);
  EXPECT_EQ(class_of("Norm"), OperatorClass::Normalization);
  EXPECT_EQ(class_of("Gemma3RotaryEmbedding"), OperatorClass::Embedding);
  EXPECT_EQ(class_of("RMSNormalized"), OperatorClass::Other) << "only at the end";
  EXPECT_EQ(class_of("RotaryEmbeddingCache"), OperatorClass::Other);
}

TEST(RecogniseTest, ClassesAreKnownByWhatTheyDeriveFrom) {
  const auto of = [](const char* type, const char* name = "x") -> const Operation& {
    LayerEvent event;
    event.type = Name(type);
    event.name = Name(name);
    return operation_of(event);
  };
  EXPECT_EQ(as<operation::Norm>(of("Qwen3NextRMSNormGated"))->kind, operation::Norm::Kind::RmsGated);
  EXPECT_EQ(as<operation::Norm>(of("Llama4TextL2Norm"))->kind, operation::Norm::Kind::L2);
  EXPECT_EQ(as<operation::Norm>(of("T5LayerNorm"))->kind, operation::Norm::Kind::Layer);
  EXPECT_TRUE(as<operation::Product>(of("MixtralTopKRouter"))->is_router);
  EXPECT_NE(as<operation::Product>(of("FalconLinear")), nullptr);
  EXPECT_EQ(as<operation::Gather>(of("Gemma3TextScaledWordEmbedding"))->kind, operation::Gather::Kind::Layer);
  EXPECT_EQ(as<operation::Product>(of("Linear", "q_proj"))->columns, operation::Product::Columns::QueryHeads);
  EXPECT_EQ(as<operation::Product>(of("Linear", "v_proj"))->columns, operation::Product::Columns::CacheHeads);
  EXPECT_TRUE(as<operation::Product>(of("Linear", "lm_head"))->is_head);
  EXPECT_EQ(as<operation::Product>(of("Linear", "gate"))->format, operation::WeightFormat::OfActivations);
  EXPECT_EQ(as<operation::Product>(of("Linear", "up_proj"))->format, operation::WeightFormat::OfWeights);
  EXPECT_EQ(&of("Linear", "up_proj"), &of("Linear", "up_proj")) << "recognised once";
}

TEST(RecogniseTest, TheSourcesOwnOperationCounts) {
  LayerEvent event;
  event.type = Name("Linear");
  event.operation = &keep(operation::Norm{});
  EXPECT_EQ(&operation_of(event), event.operation);
}

TEST(OperatorClassTest, UnknownTypes) {
  for (const char* type : {"", "FlashAttention", "fft", "linea", "LINEAR", "conv"})
    EXPECT_EQ(class_of(type), OperatorClass::Other) << type;
}

TEST(EventContext, PackedExpertsAreAsManyAsTheRoutersOutputs) {
  EventContext context;
  LayerEvent experts;
  experts.kind = EventKind::Function;
  experts.type = Name("grouped_mm");
  experts.name = Name("return");
  context.complete(experts);
  EXPECT_EQ(experts.operation, nullptr) << "no router before it";
  LayerEvent router;
  router.type = Name("MixtralTopKRouter");
  router.name = Name("gate");
  router.input_shape = {12, 64};
  router.output_shape = {12, 4};
  context.complete(router);
  EXPECT_EQ(router.operation, nullptr);
  context.complete(experts);
  const auto* packed = as<operation::Product>(operation_of(experts));
  ASSERT_NE(packed, nullptr);
  EXPECT_EQ(packed->second, operation::Product::Second::Packed);
  EXPECT_EQ(packed->matrices, 4);
}

TEST(EventContext, APromptThatSeesLaterRowsHasNoCache) {
  EventContext context;
  LayerEvent event;
  event.kind = EventKind::Function;
  event.type = Name("scaled_dot_product_attention");
  event.name = Name("attn_output");
  event.input_shape = event.output_shape = {1, 4, 12, 16};
  const auto is_cached = [&] {
    LayerEvent copy = event;
    context.complete(copy);
    return attention_of(copy)->is_cached;
  };
  EXPECT_TRUE(is_cached());
  event.causal = false;
  EXPECT_FALSE(is_cached());
  event.phase = Phase::Decode;
  event.step = 1;
  EXPECT_TRUE(is_cached()) << "another sequence's rows, which stay";
}

TEST(EventContext, TheHeaderCompletesWhatNamesTell) {
  TraceHeader header;
  header.num_key_value_heads = 2;
  header.sliding_window = 8;
  header.vocab_size = 50;
  EventContext context(header);
  LayerEvent event;
  event.type = Name("Embedding");
  event.name = Name("wte");
  context.complete(event);
  EXPECT_EQ(as<operation::Gather>(operation_of(event))->rows, 50);
  event = {};
  event.kind = EventKind::Function;
  event.type = Name("matmul");
  event.name = Name("attn_weights");
  context.complete(event);
  EXPECT_EQ(attention_of(event)->cache_heads, 2);
  EXPECT_EQ(attention_of(event)->window, 8);
  EXPECT_EQ(attention_of(event)->mask, operation::Attention::Mask::Run);
}

TEST(EventContext, LatentAttentionIsKnownByItsWidths) {
  EventContext context;
  const auto latent = [&](const Shape& key, const Shape& output) {
    LayerEvent event;
    event.kind = EventKind::Function;
    event.type = Name("scaled_dot_product_attention");
    event.name = Name("attn_output");
    event.input_shape = key;
    event.output_shape = output;
    context.complete(event);
    return *attention_of(event);
  };
  const operation::Attention decode = latent({1, 128, 1000, 192}, {1, 128, 1, 128});
  EXPECT_EQ(decode.latent_width, 576);
  EXPECT_FALSE(decode.is_expanded);
  EXPECT_TRUE(latent({1, 128, 1000, 192}, {1, 128, 1000, 128}).is_expanded);
  EXPECT_EQ(latent({1, 128, 1000, 128}, {1, 128, 1, 128}).latent_width, 0);
  EXPECT_EQ(latent({1, 128, 1000, 192}, {1, 128, 1, 96}).latent_width, 0);
}

TEST(OperatorClassTest, Texts) {
  std::vector<std::string> texts;
  for (const OperatorClass each : operator_classes) texts.emplace_back(to_string(each));
  EXPECT_EQ(texts, (std::vector<std::string>{"linear", "attention", "normalization", "activation", "embedding",
                                             "convolution", "other"}));
}

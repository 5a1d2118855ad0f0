// The order of the calls of a decode pass, against that of transformers 5 (hooks on every leaf module of small models).
// Experts are called one by one here, each with all its layers, where transformers has packed them.
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "model/decoder_source.hpp"

using namespace upmem_des;

namespace {

/// Calls of the decode pass that are in decoder layer `layer`, or outside all layers for −1; of experts only those of
/// the first.
std::string calls(const std::string& model, std::int64_t layer) {
  const DecoderConfig config = read_model_config(std::string(PROJECT_DIR) + "/tests/data/models/" + model + ".json");
  DecoderRun run;
  run.prompt_tokens = 3;
  run.output_tokens = 2;
  DecoderSource source(config, run);
  std::string all;
  LayerEvent event;
  std::int64_t current = -1;
  while (source.next(event)) {
    if (event.phase == Phase::Prefill) continue;
    if (!event.experts.empty() && event.experts.front() != 0) continue;
    const std::string path = event.path.str();
    std::string shown = path.empty() ? "fn " + event.type.str() : path;
    if (!path.empty()) {
      current = -1;
      for (std::size_t at = path.find('.'); at != std::string::npos; at = path.find('.', at + 1)) {
        const std::size_t end = path.find('.', at + 1);
        const std::string part = path.substr(at + 1, end == std::string::npos ? end : end - at - 1);
        if (part.find_first_not_of("0123456789") != std::string::npos) continue;
        current = std::stoll(part);
        shown = path.substr(end + 1);
        break;
      }
      if (event.type != "Linear") shown += ":" + event.type.str();
    }
    if (current == layer) all += (all.empty() ? "" : ", ") + shown;
  }
  return all;
}

}  // namespace

TEST(CallOrderTest, Qwen3) {
  EXPECT_EQ(calls("qwen3-8b", -1),
            "model.embed_tokens:Embedding, model.rotary_emb:Qwen3RotaryEmbedding, model.norm:Qwen3RMSNorm, lm_head");
  EXPECT_EQ(calls("qwen3-8b", 1),
            "input_layernorm:Qwen3RMSNorm, self_attn.q_proj, self_attn.q_norm:Qwen3RMSNorm, self_attn.k_proj, "
            "self_attn.k_norm:Qwen3RMSNorm, self_attn.v_proj, fn scaled_dot_product_attention, self_attn.o_proj, "
            "post_attention_layernorm:Qwen3RMSNorm, mlp.gate_proj, mlp.act_fn:SiLUActivation, mlp.up_proj, "
            "mlp.down_proj");
}

TEST(CallOrderTest, Qwen3Next) {
  EXPECT_EQ(calls("qwen3-next-80b-a3b", 0),
            "input_layernorm:Qwen3NextRMSNorm, linear_attn.in_proj_qkvz, linear_attn.in_proj_ba, fn conv1d, fn "
            "gated_delta_rule, linear_attn.norm:Qwen3NextRMSNormGated, linear_attn.out_proj, "
            "post_attention_layernorm:Qwen3NextRMSNorm, mlp.shared_expert.gate_proj, "
            "mlp.shared_expert.act_fn:SiLUActivation, mlp.shared_expert.up_proj, mlp.shared_expert.down_proj, "
            "mlp.gate:Qwen3NextTopKRouter, mlp.experts.0.gate_proj, mlp.experts.0.act_fn:SiLUActivation, "
            "mlp.experts.0.up_proj, mlp.experts.0.down_proj, mlp.shared_expert_gate, fn sigmoid");
  EXPECT_EQ(calls("qwen3-next-80b-a3b", 3).substr(0, 219),
            "input_layernorm:Qwen3NextRMSNorm, self_attn.q_proj, self_attn.q_norm:Qwen3NextRMSNorm, self_attn.k_proj, "
            "self_attn.k_norm:Qwen3NextRMSNorm, self_attn.v_proj, fn scaled_dot_product_attention, fn sigmoid, "
            "self_attn.o_proj");
}

TEST(CallOrderTest, Gemma3) {
  EXPECT_EQ(calls("gemma-3-1b", -1),
            "model.embed_tokens:Gemma3TextScaledWordEmbedding, model.rotary_emb:Gemma3RotaryEmbedding, "
            "model.rotary_emb:Gemma3RotaryEmbedding, model.norm:Gemma3RMSNorm, lm_head");
  EXPECT_EQ(calls("gemma-3-1b", 0),
            "input_layernorm:Gemma3RMSNorm, self_attn.q_proj, self_attn.k_proj, self_attn.v_proj, "
            "self_attn.q_norm:Gemma3RMSNorm, self_attn.k_norm:Gemma3RMSNorm, fn scaled_dot_product_attention, "
            "self_attn.o_proj, post_attention_layernorm:Gemma3RMSNorm, pre_feedforward_layernorm:Gemma3RMSNorm, "
            "mlp.gate_proj, mlp.act_fn:GELUTanh, mlp.up_proj, mlp.down_proj, "
            "post_feedforward_layernorm:Gemma3RMSNorm");
}

TEST(CallOrderTest, DeepSeekV3) {
  const std::string attention =
      "input_layernorm:DeepseekV3RMSNorm, self_attn.q_a_proj, self_attn.q_a_layernorm:DeepseekV3RMSNorm, "
      "self_attn.q_b_proj, self_attn.kv_a_proj_with_mqa, self_attn.kv_a_layernorm:DeepseekV3RMSNorm, "
      "self_attn.kv_b_proj, fn scaled_dot_product_attention, self_attn.o_proj, "
      "post_attention_layernorm:DeepseekV3RMSNorm, ";
  EXPECT_EQ(calls("deepseek-v3", 0),
            attention + "mlp.gate_proj, mlp.act_fn:SiLUActivation, mlp.up_proj, mlp.down_proj");
  EXPECT_EQ(calls("deepseek-v3", 3),
            attention +
                "mlp.gate:DeepseekV3TopkRouter, mlp.experts.0.gate_proj, mlp.experts.0.act_fn:SiLUActivation, "
                "mlp.experts.0.up_proj, mlp.experts.0.down_proj, mlp.shared_experts.gate_proj, "
                "mlp.shared_experts.act_fn:SiLUActivation, mlp.shared_experts.up_proj, mlp.shared_experts.down_proj");
}

TEST(CallOrderTest, Llama4RotatesAndNormsThreeLayersOfFour) {
  const std::string both = "self_attn.qk_norm:Llama4TextL2Norm, self_attn.qk_norm:Llama4TextL2Norm, ";
  EXPECT_NE(calls("llama-4-scout-text", 2).find(both), std::string::npos);
  EXPECT_EQ(calls("llama-4-scout-text", 3).find(both), std::string::npos);
}

TEST(CallOrderTest, Phi3) {
  EXPECT_EQ(calls("phi-3-mini-4k", 5),
            "input_layernorm:Phi3RMSNorm, self_attn.qkv_proj, fn scaled_dot_product_attention, self_attn.o_proj, "
            "resid_attn_dropout:Dropout, post_attention_layernorm:Phi3RMSNorm, mlp.gate_up_proj, "
            "mlp.activation_fn:SiLUActivation, mlp.down_proj, resid_mlp_dropout:Dropout");
}

TEST(CallOrderTest, Olmo2HasNormsAfterItsParts) {
  EXPECT_EQ(calls("olmo-2-1b", 0),
            "self_attn.q_proj, self_attn.q_norm:Olmo2RMSNorm, self_attn.k_proj, self_attn.k_norm:Olmo2RMSNorm, "
            "self_attn.v_proj, fn scaled_dot_product_attention, self_attn.o_proj, "
            "post_attention_layernorm:Olmo2RMSNorm, mlp.gate_proj, mlp.act_fn:SiLUActivation, mlp.up_proj, "
            "mlp.down_proj, post_feedforward_layernorm:Olmo2RMSNorm");
}

TEST(CallOrderTest, Gpt2) {
  EXPECT_EQ(calls("gpt2", -1),
            "transformer.wte:Embedding, transformer.wpe:Embedding, transformer.drop:Dropout, "
            "transformer.ln_f:LayerNorm, lm_head");
  EXPECT_EQ(calls("gpt2", 0),
            "ln_1:LayerNorm, attn.c_attn:Conv1D, fn scaled_dot_product_attention, attn.c_proj:Conv1D, "
            "attn.resid_dropout:Dropout, ln_2:LayerNorm, mlp.c_fc:Conv1D, mlp.act:NewGELUActivation, "
            "mlp.c_proj:Conv1D, mlp.dropout:Dropout");
}

TEST(CallOrderTest, OptFalconAndNeox) {
  EXPECT_EQ(calls("opt-125m", 1),
            "self_attn_layer_norm:LayerNorm, self_attn.q_proj, self_attn.k_proj, self_attn.v_proj, fn "
            "scaled_dot_product_attention, self_attn.out_proj, final_layer_norm:LayerNorm, fc1, activation_fn:ReLU, "
            "fc2");
  EXPECT_EQ(calls("falcon-7b", 1),
            "input_layernorm:LayerNorm, self_attention.query_key_value:FalconLinear, fn scaled_dot_product_attention, "
            "self_attention.dense:FalconLinear, mlp.dense_h_to_4h:FalconLinear, mlp.act:GELUActivation, "
            "mlp.dense_4h_to_h:FalconLinear");
  EXPECT_EQ(calls("pythia-1b", 1),
            "input_layernorm:LayerNorm, attention.query_key_value, fn scaled_dot_product_attention, attention.dense, "
            "post_attention_dropout:Dropout, post_attention_layernorm:LayerNorm, mlp.dense_h_to_4h, "
            "mlp.act:GELUActivation, mlp.dense_4h_to_h, post_mlp_dropout:Dropout");
}

TEST(CallOrderTest, Bert) {
  EXPECT_EQ(calls("bert-base", -1),
            "embeddings.word_embeddings:Embedding, embeddings.token_type_embeddings:Embedding, "
            "embeddings.position_embeddings:Embedding, embeddings.LayerNorm:LayerNorm, embeddings.dropout:Dropout, "
            "pooler.dense, pooler.activation:Tanh");
  EXPECT_EQ(calls("bert-base", 1),
            "attention.self.query, attention.self.key, attention.self.value, fn scaled_dot_product_attention, "
            "attention.output.dense, attention.output.dropout:Dropout, attention.output.LayerNorm:LayerNorm, "
            "intermediate.dense, intermediate.intermediate_act_fn:GELUActivation, output.dense, "
            "output.dropout:Dropout, output.LayerNorm:LayerNorm");
}

#include "model/blocks/residual_stream.hpp"
#include "model/families/dense.hpp"
#include "model/families/families.hpp"

namespace upmem_des {

/// MixtralForCausalLM: as Mistral, with a router and experts in place of the MLP. Of an expert w1, SiLU, w3, w2 are
/// called; w1, w2, w3, act_fn is the order in which they are constructed.
DecoderDescription describe_mixtral(const DecoderConfig& config) {
  LayerBuilder builder({"self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj", "self_attn.o_proj",
                        "block_sparse_moe.gate", "block_sparse_moe.experts", "input_layernorm",
                        "post_attention_layernorm"});
  builder.construct_expert({"w1", "w2", "w3", "act_fn"});
  ResidualStream stream(builder, ResidualStream::Additions::InNorms, config.hidden_size);
  const Value normed = stream.norm(published_norm("input_layernorm", config));
  stream.add(add_attention(builder, published_attention(config), normed));
  const Value between = stream.norm(published_norm("post_attention_layernorm", config));

  const Sizes rows{Size::Kind::Rows};
  const Sizes weights{Size::Kind::Rows, config.num_local_experts};
  LinearKind gate;
  gate.format = operation::WeightFormat::OfActivations;
  const Value logits =
      builder.add(linear("block_sparse_moe.gate", rows, config.hidden_size, config.num_local_experts, gate), {between});
  const Value routes =
      builder.add(function("softmax", "routing_weights", operation::Pointwise{operation::Pointwise::Function::Softmax},
                           weights, weights),
                  {logits});

  builder.set_experts("block_sparse_moe.experts", config.num_local_experts, config.num_experts_per_tok);
  builder.go_to(LayerBuilder::Part::Experts);
  GatedBlock expert;
  expert.path.clear();
  expert.gate = "w1";
  expert.up = "w3";
  expert.down = "w2";
  expert.activation = published_activation();
  expert.hidden_size = config.hidden_size;
  expert.inner_size = config.intermediate_size;
  expert.rows = {Size::Kind::ExpertRows};
  builder.add_to_hidden(add_gated(builder, expert, {between, routes}));
  stream.end();
  return published_frame(config, builder.group(config.num_hidden_layers, "model.layers"), Rotary::Hidden);
}

}  // namespace upmem_des

#include "model/families/dense.hpp"

namespace upmem_des {

DecoderDescription describe_dense_decoder(const DecoderConfig& config, Rotary rotary) {
  const std::vector<Size> tokens = {Size::Kind::Batch, Size::Kind::NewTokens};
  const std::vector<Size> gated = {Size::Kind::Batch, Size::Kind::NewTokens, config.intermediate_size};

  // In construction order.
  ModuleIds ids;
  const AttentionIds attention(ids);
  if (rotary == Rotary::Modules) ids.next();
  const std::int64_t gate_proj = ids.next();
  const std::int64_t up_proj = ids.next();
  const std::int64_t down_proj = ids.next();
  const std::int64_t act_fn = ids.next();
  const std::int64_t input_layernorm = ids.next();
  const std::int64_t post_attention_layernorm = ids.next();

  LayerGroup group;
  group.layers = config.num_hidden_layers;
  group.modules = ids.taken();
  group.calls.push_back(rms_norm("input_layernorm", input_layernorm, config.hidden_size));
  add_attention(group.calls, config, attention);
  group.calls.push_back(rms_norm("post_attention_layernorm", post_attention_layernorm, config.hidden_size));
  group.calls.push_back(linear("mlp.gate_proj", gate_proj, tokens, config.hidden_size, config.intermediate_size));
  group.calls.push_back(silu("mlp.act_fn", act_fn, gated));
  group.calls.push_back(linear("mlp.up_proj", up_proj, tokens, config.hidden_size, config.intermediate_size));
  group.calls.push_back(linear("mlp.down_proj", down_proj, tokens, config.intermediate_size, config.hidden_size));
  return decoder_around(group, config, rotary);
}

}  // namespace upmem_des

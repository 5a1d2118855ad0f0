#include "model/families/families.hpp"
#include "model/families/parts.hpp"

namespace upmem_des {

namespace {

/// w1, SiLU, w3, w2 on the rows that the router sent here; w1, w2, w3, act_fn in construction order.
ExpertGroup mixtral_experts(const DecoderConfig& config) {
  const std::vector<Size> rows = {Size::Kind::ExpertRows};
  ModuleIds ids;
  const std::int64_t w1 = ids.next();
  const std::int64_t w2 = ids.next();
  const std::int64_t w3 = ids.next();
  const std::int64_t act_fn = ids.next();

  ExpertGroup group;
  group.experts = config.num_local_experts;
  group.chosen = config.num_experts_per_tok;
  group.modules = ids.taken();
  group.path = "block_sparse_moe.experts";
  group.calls.push_back(linear("w1", w1, rows, config.hidden_size, config.intermediate_size));
  group.calls.push_back(silu("act_fn", act_fn, {Size::Kind::ExpertRows, config.intermediate_size}));
  group.calls.push_back(linear("w3", w3, rows, config.hidden_size, config.intermediate_size));
  group.calls.push_back(linear("w2", w2, rows, config.intermediate_size, config.hidden_size));
  return group;
}

LayerGroup mixtral_layers(const DecoderConfig& config) {
  const std::vector<Size> rows = {Size::Kind::Rows};
  const std::vector<Size> weights = {Size::Kind::Rows, config.num_local_experts};

  LayerGroup group;
  group.layers = config.num_hidden_layers;
  group.experts = mixtral_experts(config);

  // In construction order.
  ModuleIds ids;
  const AttentionIds attention(ids);
  const std::int64_t gate = ids.next();
  group.experts.first_id = ids.next(group.experts.experts * group.experts.modules);
  const std::int64_t input_layernorm = ids.next();
  const std::int64_t post_attention_layernorm = ids.next();
  group.modules = ids.taken();

  group.calls.push_back(rms_norm("input_layernorm", input_layernorm, config.hidden_size));
  add_attention(group.calls, config, attention);
  group.calls.push_back(rms_norm("post_attention_layernorm", post_attention_layernorm, config.hidden_size));
  group.calls.push_back(linear("block_sparse_moe.gate", gate, rows, config.hidden_size, config.num_local_experts));
  group.calls.push_back(function("softmax", "routing_weights", weights, weights));
  return group;
}

}  // namespace

DecoderDescription describe_mixtral(const DecoderConfig& config) {
  return decoder_around(mixtral_layers(config), config, Rotary::Hidden);
}

}  // namespace upmem_des

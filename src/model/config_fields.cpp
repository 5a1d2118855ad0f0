#include "model/config_fields.hpp"

#include <algorithm>

#include "upmem_des/util/error.hpp"
#include "util/suggest.hpp"

namespace upmem_des {

namespace {

// clang-format off
/// Keys of real configurations that nothing here depends on: tokens, training and book-keeping. They are ignored like
/// unknown ones; that they are known keeps them from being taken for misspelt ones.
const std::vector<std::string> irrelevant_keys = {
    "architectures", "attention_dropout", "attention_probs_dropout_prob", "attn_implementation",
    "auto_map", "bos_token_id", "dtype", "eos_token_id", "hidden_dropout_prob",
    "layer_norm_eps", "max_window_layers",
    "output_router_logits", "pad_token_id", "pretraining_tp", "quantization_config",
    "router_aux_loss_coef", "router_jitter_noise",
    "torch_dtype", "transformers_version", "use_cache", "_attn_implementation_autoset",
    "max_sequence_length", "unsloth_version",
    // Of single families, which read them themselves or need not.
    "attention_chunk_size", "attn_layer_offset", "attn_layer_period", "attn_logit_softcapping", "conv_kernel",
    "d_model", "decoder_attention_heads", "decoder_ffn_dim", "decoder_layers", "decoder_sparse_step",
    "encoder_attention_heads", "encoder_ffn_dim", "encoder_layers", "enable_bias", "ep_size", "expand",
    "expert_layer_offset", "expert_layer_period", "ffn_dim", "ffn_hidden_size", "final_logit_softcapping",
    "first_k_dense_replace", "full_attention_interval", "hidden_activation", "activation_function", "activation",
    "image_size", "interleave_moe_layer_step", "intermediate_size_mlp", "kv_lora_rank", "layer_types",
    "linear_conv_kernel_dim", "linear_key_head_dim", "linear_num_key_heads", "linear_num_value_heads",
    "linear_value_head_dim", "mlp_only_layers", "moe_intermediate_size", "moe_layer_freq", "n_embd", "n_group",
    "n_groups", "n_head", "n_inner", "n_layer", "n_positions", "n_routed_experts", "n_shared_experts", "no_rope_layers",
    "norm_topk_prob", "num_channels", "num_experts", "num_heads", "num_kv_heads", "num_labels", "num_mel_bins",
    "num_hidden_groups", "num_nextn_predict_layers", "original_max_position_embeddings", "patch_size", "q_lora_rank",
    "qk_head_dim", "qk_nope_head_dim", "qk_rope_head_dim", "query_pre_attn_scalar", "rotary_dim", "rotary_pct",
    "routed_scaling_factor", "scoring_func", "shared_expert_intermediate_size", "sliding_window_pattern",
    "state_size", "time_step_rank", "topk_group", "topk_method", "type_vocab_size", "use_bias", "use_conv_bias",
    "use_qk_norm", "v_head_dim", "word_embed_proj_dim", "num_experts_per_token", "max_source_positions",
    "max_target_positions", "layer_norm_epsilon", "attention_multiplier", "embedding_multiplier", "logits_scaling",
    "residual_multiplier", "head_type", "bias", "alibi", "multi_query", "parallel_attn", "new_decoder_architecture"};
// clang-format on

bool is_in(const std::vector<std::string>& keys, const std::string& key) {
  return std::find(keys.begin(), keys.end(), key) != keys.end();
}

bool is_known(const std::string& key) {
  return is_in(stream_keys(), key) || is_in(numeric_keys(), key) || is_in(irrelevant_keys, key);
}

std::string range_text(std::int64_t max) {
  return "a whole number from 1 to " + std::to_string(max);
}

}  // namespace

const std::vector<std::string>& stream_keys() {
  static const std::vector<std::string> keys = {"model_type",         "hidden_size",         "intermediate_size",
                                                "num_hidden_layers",  "num_attention_heads", "num_key_value_heads",
                                                "head_dim",           "vocab_size",          "sliding_window",
                                                "use_sliding_window", "num_local_experts",   "num_experts_per_tok",
                                                "hidden_act",         "_name_or_path"};
  return keys;
}

const std::vector<std::string>& numeric_keys() {
  static const std::vector<std::string> keys = {"rope_theta",
                                                "rope_scaling",
                                                "rope_parameters",
                                                "partial_rotary_factor",
                                                "rms_norm_eps",
                                                "initializer_range",
                                                "tie_word_embeddings",
                                                "attention_bias",
                                                "mlp_bias",
                                                "max_position_embeddings",
                                                "rope_local_base_freq"};
  return keys;
}

std::optional<ConfigFields> ConfigFields::find_object(const std::string& key) const {
  const std::optional<JsonNode> member = find(key);
  if (!member) return std::nullopt;
  if (!member->is_object()) member->fail(member->shown() + "; expected an object or null");
  return ConfigFields(*member);
}

JsonNode ConfigFields::required(const std::string& key, const std::string& expected) const {
  if (const std::optional<JsonNode> member = find(key)) return *member;
  if (has(key)) fail(key, "null; expected " + expected);
  std::vector<std::string> others;
  for (const std::string& name : object_.keys())
    if (!is_known(name)) others.push_back(name);
  const std::string similar = nearest(key, others);
  fail(key, "missing; expected " + expected + (similar.empty() ? "" : " (there is a '" + similar + "')"));
}

std::int64_t ConfigFields::count(const std::string& key, std::int64_t max) const {
  return required(key, range_text(max)).count(1, max);
}

std::int64_t ConfigFields::count(const std::string& key, std::int64_t max, std::int64_t otherwise) const {
  const std::optional<JsonNode> member = find(key);
  return member ? member->count(1, max) : otherwise;
}

double ConfigFields::number(const std::string& key, double min, double max, const std::string& expected) const {
  return required(key, expected).number(min, max, expected);
}

double ConfigFields::number(const std::string& key, double min, double max, const std::string& expected,
                            double otherwise) const {
  const std::optional<JsonNode> member = find(key);
  return member ? member->number(min, max, expected) : otherwise;
}

bool ConfigFields::truth(const std::string& key, bool otherwise) const {
  return object_.truth(key, otherwise);
}

std::string ConfigFields::text(const std::string& key, const std::string& expected) const {
  const JsonNode member = required(key, expected);
  if (!member.is_text() || member.text_view().empty()) member.fail(member.shown() + "; expected " + expected);
  return member.text();
}

std::vector<std::string> ConfigFields::texts(const std::string& key) const {
  std::vector<std::string> all;
  if (const std::optional<JsonNode> member = find(key))
    for (const JsonNode& item : member->items()) all.push_back(item.text());
  return all;
}

std::vector<std::int64_t> ConfigFields::whole_numbers(const std::string& key, std::int64_t max) const {
  std::vector<std::int64_t> all;
  if (const std::optional<JsonNode> member = find(key))
    for (const JsonNode& item : member->items()) all.push_back(item.count(0, max));
  return all;
}

std::vector<std::string> ConfigFields::misspelt(const std::vector<std::string>& keys) const {
  std::vector<std::string> known = irrelevant_keys;
  known.insert(known.end(), stream_keys().begin(), stream_keys().end());
  known.insert(known.end(), numeric_keys().begin(), numeric_keys().end());
  std::vector<std::string> warnings;
  const std::string inside = object_.path();  // a member's own path looks for its place among all
  for (const JsonNode& member : object_.members()) {
    const std::string key = member.key();
    if (is_known(key)) continue;
    const std::string similar = nearest(key, known);
    // A key that is in the file in its right spelling, too, is not the one that was meant.
    if (!is_in(keys, similar) || has(similar)) continue;
    warnings.emplace_back(InputError(member.where(), (inside.empty() ? "" : inside + ".") + key,
                                     "unknown key, ignored; did you mean '" + similar + "'?")
                              .what());
  }
  return warnings;
}

}  // namespace upmem_des

#include "upmem_des/model/family_registry.hpp"

#include <map>
#include <mutex>
#include <stdexcept>
#include <utility>

#include "model/call_choice.hpp"
#include "model/families/families.hpp"
#include "upmem_des/util/error.hpp"
#include "util/suggest.hpp"

namespace upmem_des {

namespace {

struct Family {
  FamilyBuilder builder;
  FamilyKeys keys;
};

/// Llama's keys but for some defaults.
struct Keys : FamilyKeys {
  Keys& cached_heads(std::int64_t count) {
    default_cache_heads = count;
    return *this;
  }
  Keys& heads_and_words(std::int64_t count, std::int64_t words) {
    default_heads = count;
    default_vocabulary = words;
    return *this;
  }
  Keys& of_width(std::int64_t width) {
    default_head_dim = width;
    return *this;
  }
  Keys& window(std::int64_t rows) {
    default_window = rows;
    return *this;
  }
  Keys& switched_window() {
    window_is_switched = true;
    return *this;
  }
  Keys& tied() {
    default_tied = true;
    return *this;
  }
  Keys& activated_by(const char* key, const char* otherwise) {
    activation = key;
    default_activation = otherwise;
    return *this;
  }
  Keys& experts_of(const char* key, std::int64_t count, std::int64_t chosen) {
    experts = key;
    default_experts = count;
    default_chosen_experts = chosen;
    return *this;
  }
  Keys& dense_with_one_expert() {
    one_expert_is_none = true;
    return *this;
  }
  /// Latent attention has no key for them that counts.
  Keys& cached_heads_as_queries() {
    cache_heads = "";
    return *this;
  }
  Keys& cache_heads_of(const char* key) {
    cache_heads = key;
    return *this;
  }
  Keys& inner_of(const char* key, std::int64_t factor) {
    inner = key;
    inner_factor = factor;
    return *this;
  }
  Keys& sizes(const char* of_hidden, const char* of_layers, const char* of_heads) {
    hidden = of_hidden;
    layers = of_layers;
    heads = of_heads;
    return *this;
  }
  Keys& without_heads() {
    heads = cache_heads = "";
    return *this;
  }
  Keys& without_vocabulary() {
    vocabulary = "";
    return *this;
  }
  Keys& without_experts() {
    experts = chosen_experts = "";
    return *this;
  }
};

struct Registry {
  std::mutex mutex;
  // A family of this project is added here: one line. Defaults are those of Hugging Face's classes.
  std::map<std::string, Family> families{
      {"bert", {describe_bert, Keys().without_experts().tied().activated_by("hidden_act", "gelu")}},
      {"deepseek_v2",
       {describe_deepseek, Keys().of_width(64).cached_heads_as_queries().experts_of("n_routed_experts", 64, 6)}},
      {"deepseek_v3",
       {describe_deepseek, Keys().of_width(64).cached_heads_as_queries().experts_of("n_routed_experts", 256, 8)}},
      {"falcon",
       {describe_falcon, Keys()
                             .without_experts()
                             .cache_heads_of("num_kv_heads")
                             .inner_of("ffn_hidden_size", 4)
                             .tied()
                             .activated_by("activation", "gelu")}},
      {"gemma2",
       {describe_gemma2, Keys().without_experts().cached_heads(4).of_width(256).window(4096).tied().activated_by(
                             "hidden_activation", "gelu_pytorch_tanh")}},
      {"gemma3_text",
       {describe_gemma3, Keys()
                             .without_experts()
                             .heads_and_words(8, 262208)
                             .cached_heads(4)
                             .of_width(256)
                             .window(4096)
                             .tied()
                             .activated_by("hidden_activation", "gelu_pytorch_tanh")}},
      {"glm4_moe", {describe_glm4_moe, Keys().cached_heads(8).experts_of("n_routed_experts", 128, 8)}},
      {"gpt2",
       {describe_gpt2, Keys()
                           .without_experts()
                           .sizes("n_embd", "n_layer", "n_head")
                           .inner_of("n_inner", 4)
                           .tied()
                           .activated_by("activation_function", "gelu_new")}},
      {"gpt_neox", {describe_gpt_neox, Keys().without_experts().activated_by("hidden_act", "gelu")}},
      {"gpt_oss",
       {describe_gpt_oss, Keys().cached_heads(8).of_width(64).window(128).experts_of("num_local_experts", 128, 4)}},
      {"granite", {describe_granite, Keys().without_experts()}},
      {"jamba", {describe_jamba, Keys().cached_heads(8).experts_of("num_experts", 16, 2).dense_with_one_expert()}},
      {"kimi_k2",
       {describe_deepseek, Keys().of_width(64).cached_heads_as_queries().experts_of("n_routed_experts", 384, 8)}},
      {"llama", {describe_llama, Keys()}},
      {"llama4_text", {describe_llama4, Keys().cached_heads(8).of_width(128).experts_of("num_local_experts", 16, 1)}},
      {"mamba", {describe_mamba, Keys().without_experts().without_heads().inner_of("", 0).tied()}},
      {"mamba2", {describe_mamba2, Keys().without_experts().without_heads().inner_of("", 0)}},
      {"minimax_m2",
       {describe_minimax_m2, Keys().cached_heads(8).of_width(128).experts_of("num_local_experts", 256, 8)}},
      {"ministral3", {describe_ministral3, Keys().without_experts().cached_heads(8).of_width(128)}},
      {"mistral", {describe_mistral, Keys().cached_heads(8).window(4096)}},
      {"mixtral", {describe_mixtral, Keys().cached_heads(8).experts_of("num_local_experts", 8, 2)}},
      {"olmo2", {describe_olmo2, Keys().without_experts()}},
      {"opt",
       {describe_opt,
        Keys().without_experts().inner_of("ffn_dim", 0).tied().activated_by("activation_function", "relu")}},
      {"phi3", {describe_phi3, Keys().without_experts()}},
      {"qwen2", {describe_qwen2, Keys().without_experts().cached_heads(32).switched_window()}},
      {"qwen3", {describe_qwen3, Keys().without_experts().cached_heads(32).of_width(128).switched_window()}},
      {"qwen3_5_moe_text",
       {describe_qwen3_5, Keys().cached_heads(2).of_width(256).inner_of("", 0).experts_of("num_experts", 256, 8)}},
      {"qwen3_5_text", {describe_qwen3_5, Keys().without_experts().cached_heads(4).of_width(256)}},
      {"qwen3_moe", {describe_qwen3_moe, Keys().cached_heads(4).switched_window().experts_of("num_experts", 128, 8)}},
      {"qwen3_next", {describe_qwen3_next, Keys().cached_heads(2).of_width(256).experts_of("num_experts", 512, 10)}},
      {"smollm3", {describe_smollm3, Keys().without_experts().cached_heads(4).tied().switched_window()}},
      {"vit", {describe_vit, Keys().without_experts().without_vocabulary().activated_by("hidden_act", "gelu")}},
      {"whisper",
       {describe_whisper, Keys()
                              .without_experts()
                              .sizes("d_model", "decoder_layers", "decoder_attention_heads")
                              .inner_of("decoder_ffn_dim", 0)
                              .tied()
                              .activated_by("activation_function", "gelu")}},
  };
};

Registry& registry() {
  static Registry instance;
  return instance;
}

}  // namespace

void register_family(const std::string& model_type, FamilyBuilder builder, const FamilyKeys& keys) {
  if (model_type.empty() || !builder) throw std::logic_error("register_family: a name and a builder are needed");
  const std::lock_guard<std::mutex> lock(registry().mutex);
  if (!registry().families.emplace(model_type, Family{std::move(builder), keys}).second)
    throw std::logic_error("register_family: '" + model_type + "' is registered already");
}

FamilyKeys family_keys(const std::string& model_type) {
  const std::lock_guard<std::mutex> lock(registry().mutex);
  const auto found = registry().families.find(model_type);
  if (found == registry().families.end()) throw std::logic_error("family_keys: '" + model_type + "' is not registered");
  return found->second.keys;
}

std::vector<std::string> registered_families() {
  const std::lock_guard<std::mutex> lock(registry().mutex);
  std::vector<std::string> names;
  for (const auto& family : registry().families) names.push_back(family.first);
  return names;
}

DecoderDescription describe_all_calls(const DecoderConfig& config) {
  FamilyBuilder builder;
  {
    const std::lock_guard<std::mutex> lock(registry().mutex);
    const auto found = registry().families.find(config.model_type);
    if (found != registry().families.end()) builder = found->second.builder;
  }
  if (!builder) {
    const std::vector<std::string> families = registered_families();
    throw InputError({config.source}, "model_type",
                     "'" + config.model_type + "' is not supported; expected one of " + listed(families) +
                         did_you_mean(config.model_type, families));
  }
  return builder(config);
}

DecoderDescription describe_decoder(const DecoderConfig& config) {
  DecoderDescription description = describe_all_calls(config);
  choose_calls(description, Detail::layers, {});
  return description;
}

}  // namespace upmem_des

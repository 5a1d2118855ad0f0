#include "profiler/decoder/runnable_family.hpp"

#include <map>

#include "profiler/decoder/families/families.hpp"
#include "upmem_des/util/error.hpp"

namespace upmem_des::profiler {

namespace {

/// A family is added here: one line.
const std::map<std::string, RunnableFamily>& registry() {
  // clang-format off
  static const std::map<std::string, RunnableFamily> families = {
      {"deepseek_v3", build_deepseek_v3},
      {"gemma3_text", build_gemma3},
      {"gpt2", build_gpt2},
      {"llama", build_llama},
      {"mistral", build_mistral},
      {"mixtral", build_mixtral},
      {"qwen2", build_qwen2},
      {"qwen3", build_qwen3},
      {"qwen3_moe", build_qwen3_moe},
  };
  // clang-format on
  return families;
}

}  // namespace

RunnableFamily runnable_family(const std::string& model_type) {
  const auto found = registry().find(model_type);
  return found == registry().end() ? nullptr : found->second;
}

const std::vector<std::string>& runnable_families() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all;
    for (const auto& family : registry()) all.push_back(family.first);
    return all;
  }();
  return names;
}

std::unique_ptr<Linear> language_model_head(ModelBuilder& builder, const std::string& path, const InputTables& tables) {
  if (builder.numerics().tie_word_embeddings) return std::make_unique<Linear>(builder, path, tables.words());
  return std::make_unique<Linear>(builder, path);
}

void check_even_heads(const DecoderConfig& config) {
  if (config.head_dim % 2 != 0)
    throw InputError({config.source}, "head_dim",
                     std::to_string(config.head_dim) + "; expected an even number, for rotary embeddings");
}

}  // namespace upmem_des::profiler

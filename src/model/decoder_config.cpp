#include "model/decoder_config.hpp"

#include <algorithm>
#include <filesystem>

#include "model/config_fields.hpp"
#include "model/family_registry.hpp"
#include "util/bounded_file.hpp"
#include "util/error.hpp"
#include "util/suggest.hpp"

namespace upmem_des {

namespace {

using Kind = JsonMember::Kind;

constexpr std::size_t max_mib = 16;
// Far above every model there is, and low enough that no product of two of them overflows.
constexpr std::int64_t max_hidden = 1'000'000;
constexpr std::int64_t max_intermediate = 100'000'000;
constexpr std::int64_t max_layers = 10'000;
constexpr std::int64_t max_heads = 100'000;
constexpr std::int64_t max_head_dim = 1'000'000;
constexpr std::int64_t max_vocab = 100'000'000;
constexpr std::int64_t max_window = 1'000'000'000;
constexpr std::int64_t max_experts = 10'000;
// The defaults of Hugging Face's MixtralConfig.
constexpr std::int64_t default_experts = 8;
constexpr std::int64_t default_experts_per_tok = 2;

void read_attention(const ConfigFields& fields, DecoderConfig& config) {
  config.num_attention_heads = fields.count("num_attention_heads", max_heads);
  config.num_key_value_heads = fields.count("num_key_value_heads", max_heads, config.num_attention_heads);
  if (config.num_attention_heads % config.num_key_value_heads != 0)
    fields.fail("num_key_value_heads", std::to_string(config.num_key_value_heads) + "; expected a divisor of the " +
                                           std::to_string(config.num_attention_heads) + " num_attention_heads");
  config.head_dim = fields.count("head_dim", max_head_dim, 0);
  if (config.head_dim == 0) {
    if (config.hidden_size % config.num_attention_heads != 0)
      fields.fail("hidden_size", std::to_string(config.hidden_size) + "; expected a multiple of the " +
                                     std::to_string(config.num_attention_heads) +
                                     " num_attention_heads, or a head_dim");
    config.head_dim = config.hidden_size / config.num_attention_heads;
  }
  const JsonMember* switched = fields.find("use_sliding_window");
  const std::int64_t window = fields.count("sliding_window", max_window, 0);
  if (window > 0 && (switched == nullptr || switched->text != "false")) config.sliding_window = window;
}

void read_experts(const ConfigFields& fields, DecoderConfig& config) {
  const bool has_experts = config.model_type == "mixtral" || fields.find("num_local_experts") != nullptr ||
                           fields.find("num_experts_per_tok") != nullptr;
  if (!has_experts) return;
  config.num_local_experts = fields.count("num_local_experts", max_experts, default_experts);
  config.num_experts_per_tok = fields.count("num_experts_per_tok", max_experts, default_experts_per_tok);
  if (config.num_experts_per_tok > config.num_local_experts)
    fields.fail("num_experts_per_tok", std::to_string(config.num_experts_per_tok) + "; expected at most the " +
                                           std::to_string(config.num_local_experts) + " num_local_experts");
}

std::string model_name(const JsonObject& object, const std::string& origin) {
  const std::filesystem::path path(origin);
  std::string stem = path.stem().string();
  if (stem != "config") return stem;
  const JsonMember* name = object.find("_name_or_path");
  if (name != nullptr && name->kind == Kind::Text && !name->text.empty()) return name->text;
  std::filesystem::path folder = path.parent_path();
  if (const auto last = folder.filename(); last == "." || last == "..")
    folder = std::filesystem::absolute(folder / "x").lexically_normal().parent_path();
  return folder.filename().empty() ? stem : folder.filename().string();
}

}  // namespace

std::int64_t DecoderConfig::get(const std::string& key, std::int64_t otherwise) const {
  const auto found = more.find(key);
  return found == more.end() ? otherwise : found->second;
}

DecoderConfig parse_model_config(std::string_view text, const std::string& origin) {
  const JsonObject object(text, origin);
  const ConfigFields fields(object);
  const std::vector<std::string> families = registered_families();

  DecoderConfig config;
  config.source = origin;
  config.model = model_name(object, origin);
  config.model_type = fields.text("model_type", "one of " + listed(families));
  if (std::find(families.begin(), families.end(), config.model_type) == families.end())
    fields.fail("model_type", shown(*fields.find("model_type")) + " is not supported; expected one of " +
                                  listed(families) + did_you_mean(config.model_type, families));
  config.hidden_size = fields.count("hidden_size", max_hidden);
  config.intermediate_size = fields.count("intermediate_size", max_intermediate);
  config.num_hidden_layers = fields.count("num_hidden_layers", max_layers);
  config.vocab_size = fields.count("vocab_size", max_vocab);
  read_attention(fields, config);
  read_experts(fields, config);
  // Every family here is priced with SiLU; another activation would be wrong without a word.
  if (fields.find("hidden_act") != nullptr && fields.text("hidden_act", "'silu'") != "silu")
    fields.fail("hidden_act", shown(*fields.find("hidden_act")) + " is not supported; expected 'silu'");
  for (const JsonMember& member : object.members())
    if (member.kind == Kind::Integer || member.kind == Kind::Truth) config.more[member.key] = member.integer;
  config.warnings = fields.misspelt(stream_keys());
  return config;
}

std::string read_config_text(const std::string& path) {
  return read_bounded_file(path, max_mib, "a Hugging Face config.json");
}

std::string model_config_path(const std::string& path) {
  std::error_code error;
  const std::filesystem::path inside = std::filesystem::path(path) / "config.json";
  return std::filesystem::exists(inside, error) ? inside.string() : path;
}

DecoderConfig read_model_config(const std::string& path) {
  const std::string file = model_config_path(path);
  return parse_model_config(read_config_text(file), file);
}

}  // namespace upmem_des

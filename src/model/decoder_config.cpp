#include "model/decoder_config.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "model/family_registry.hpp"
#include "model/json_object.hpp"
#include "util/error.hpp"
#include "util/suggest.hpp"

namespace upmem_des {

namespace {

using Kind = JsonMember::Kind;

constexpr std::size_t max_bytes = std::size_t{16} << 20U;
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

// clang-format off
/// Keys that parse_model_config() reads.
const std::vector<std::string> read_keys = {
    "model_type", "hidden_size", "intermediate_size", "num_hidden_layers", "num_attention_heads",
    "num_key_value_heads", "head_dim", "vocab_size", "sliding_window", "use_sliding_window", "num_local_experts",
    "num_experts_per_tok", "hidden_act", "_name_or_path"};

/// Keys of real configurations that the stream of layers does not depend on: positions, numerics, tokens, training and
/// book-keeping. They are ignored like unknown ones; that they are known keeps them from being taken for misspelt ones.
const std::vector<std::string> irrelevant_keys = {
    "architectures", "attention_bias", "attention_dropout", "attention_probs_dropout_prob", "attn_implementation",
    "auto_map", "bos_token_id", "dtype", "eos_token_id", "hidden_dropout_prob", "initializer_range",
    "layer_norm_eps", "max_position_embeddings", "max_window_layers", "mlp_bias",
    "output_router_logits", "pad_token_id", "partial_rotary_factor", "pretraining_tp", "quantization_config",
    "rms_norm_eps", "rope_parameters", "rope_scaling", "rope_theta", "router_aux_loss_coef", "router_jitter_noise",
    "tie_word_embeddings", "torch_dtype", "transformers_version", "use_cache", "_attn_implementation_autoset",
    "max_sequence_length", "unsloth_version"};
// clang-format on

/// The file's members with the checks that all fields share.
class Fields {
 public:
  explicit Fields(const JsonObject& object) : object_(object) {}

  [[noreturn]] void fail(const std::string& key, const std::string& problem) const {
    const JsonMember* member = object_.find(key);
    throw InputError(member != nullptr ? object_.where(*member) : object_.where(), key, problem);
  }

  /// The member, or nullptr where it is absent or null: Hugging Face writes null for "the default".
  const JsonMember* find(const std::string& key) const {
    const JsonMember* member = object_.find(key);
    return member == nullptr || member->kind == Kind::Null ? nullptr : member;
  }

  const JsonMember& required(const std::string& key, const std::string& expected) const {
    if (const JsonMember* member = find(key)) return *member;
    if (object_.find(key) != nullptr) fail(key, "null; expected " + expected);
    std::vector<std::string> others;
    for (const std::string& name : object_.keys())
      if (!is_known(name)) others.push_back(name);
    const std::string similar = nearest(key, others);
    fail(key, "missing; expected " + expected + (similar.empty() ? "" : " (there is a '" + similar + "')"));
  }

  std::int64_t count(const std::string& key, std::int64_t max) const {
    return count_of(required(key, range_text(max)), max);
  }
  std::int64_t count(const std::string& key, std::int64_t max, std::int64_t otherwise) const {
    const JsonMember* member = find(key);
    return member == nullptr ? otherwise : count_of(*member, max);
  }

  std::string text(const std::string& key, const std::string& expected) const {
    const JsonMember& member = required(key, expected);
    if (member.kind != Kind::Text || member.text.empty()) fail(key, shown(member) + "; expected " + expected);
    return member.text;
  }

  static bool is_known(const std::string& key) { return is_in(read_keys, key) || is_in(irrelevant_keys, key); }

 private:
  static bool is_in(const std::vector<std::string>& keys, const std::string& key) {
    return std::find(keys.begin(), keys.end(), key) != keys.end();
  }
  static std::string range_text(std::int64_t max) { return "a whole number from 1 to " + std::to_string(max); }

  std::int64_t count_of(const JsonMember& member, std::int64_t max) const {
    if (member.kind != Kind::Integer || member.integer < 1 || member.integer > max)
      fail(member.key, shown(member) + "; expected " + range_text(max));
    return member.integer;
  }

  const JsonObject& object_;
};

void read_attention(const Fields& fields, DecoderConfig& config) {
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

void read_experts(const Fields& fields, DecoderConfig& config) {
  const bool has_experts = config.model_type == "mixtral" || fields.find("num_local_experts") != nullptr ||
                           fields.find("num_experts_per_tok") != nullptr;
  if (!has_experts) return;
  config.num_local_experts = fields.count("num_local_experts", max_experts, default_experts);
  config.num_experts_per_tok = fields.count("num_experts_per_tok", max_experts, default_experts_per_tok);
  if (config.num_experts_per_tok > config.num_local_experts)
    fields.fail("num_experts_per_tok", std::to_string(config.num_experts_per_tok) + "; expected at most the " +
                                           std::to_string(config.num_local_experts) + " num_local_experts");
}

/// A misspelt optional key would silently change the result. It is a warning, for other tools add keys of their own.
void warn_of_misspelt(const JsonObject& object, DecoderConfig& config) {
  std::vector<std::string> known = irrelevant_keys;
  known.insert(known.end(), read_keys.begin(), read_keys.end());
  for (const JsonMember& member : object.members()) {
    if (Fields::is_known(member.key)) continue;
    const std::string similar = nearest(member.key, known);
    // A key that is in the file in its right spelling, too, is not the one that was meant.
    if (std::find(read_keys.begin(), read_keys.end(), similar) == read_keys.end() || object.find(similar) != nullptr)
      continue;
    config.warnings.emplace_back(
        InputError(object.where(member), member.key, "unknown key, ignored; did you mean '" + similar + "'?").what());
  }
}

std::string model_name(const JsonObject& object, const std::string& origin) {
  const std::filesystem::path path(origin);
  std::string stem = path.stem().string();
  if (stem != "config") return stem;
  const JsonMember* name = object.find("_name_or_path");
  if (name != nullptr && name->kind == Kind::Text && !name->text.empty()) return name->text;
  const std::string folder = path.parent_path().filename().string();
  return folder.empty() ? stem : folder;
}

}  // namespace

std::int64_t DecoderConfig::get(const std::string& key, std::int64_t otherwise) const {
  const auto found = more.find(key);
  return found == more.end() ? otherwise : found->second;
}

DecoderConfig parse_model_config(std::string_view text, const std::string& origin) {
  const JsonObject object(text, origin);
  const Fields fields(object);
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
  warn_of_misspelt(object, config);
  return config;
}

DecoderConfig read_model_config(const std::string& path) {
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (!std::filesystem::exists(status)) throw InputError({path}, "no such file");
  if (std::filesystem::is_directory(status))
    throw InputError({path}, "a folder; expected a Hugging Face config.json" +
                                 std::string(std::filesystem::exists(std::filesystem::path(path) / "config.json", error)
                                                 ? " (there is one in it)"
                                                 : ""));
  std::ifstream file(path, std::ios::binary);
  if (!file) throw InputError({path}, "cannot be read");
  std::string text(max_bytes + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (file.bad()) throw InputError({path}, "cannot be read");
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (text.size() > max_bytes) throw InputError({path}, "larger than 16 MiB; expected a Hugging Face config.json");
  return parse_model_config(text, path);
}

}  // namespace upmem_des

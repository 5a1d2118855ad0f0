#include "upmem_des/model/decoder_config.hpp"

#include <algorithm>
#include <array>
#include <filesystem>

#include "model/config_fields.hpp"
#include "upmem_des/model/family_registry.hpp"
#include "upmem_des/util/error.hpp"
#include "util/bounded_file.hpp"
#include "util/suggest.hpp"

namespace upmem_des {

namespace {

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
constexpr std::int64_t max_positions = 1'000'000'000;
constexpr std::int64_t max_labels = 1'000'000;
/// Of the further keys of families.
constexpr std::int64_t max_count = 1'000'000'000;

bool has(const char* key) {
  return *key != 0;
}

void read_heads(const ConfigFields& fields, const FamilyKeys& keys, DecoderConfig& config) {
  if (!has(keys.heads)) return;
  config.num_attention_heads = keys.default_heads > 0 ? fields.count(keys.heads, max_heads, keys.default_heads)
                                                      : fields.count(keys.heads, max_heads);
  config.num_key_value_heads = config.num_attention_heads;
  if (has(keys.cache_heads)) {
    // Where the file gives null, or the default is not one for so few heads, every query head has one of its own.
    const bool is_null = fields.has(keys.cache_heads);
    const bool suits = keys.default_cache_heads > 0 && config.num_attention_heads % keys.default_cache_heads == 0;
    const std::int64_t otherwise = suits && !is_null ? keys.default_cache_heads : config.num_attention_heads;
    config.num_key_value_heads = fields.count(keys.cache_heads, max_heads, otherwise);
    if (config.num_attention_heads % config.num_key_value_heads != 0)
      fields.fail(keys.cache_heads, std::to_string(config.num_key_value_heads) + "; expected a divisor of the " +
                                        std::to_string(config.num_attention_heads) + " " + keys.heads);
  }
  config.head_dim = fields.count("head_dim", max_head_dim, keys.default_head_dim);
  if (config.head_dim > 0) return;
  if (config.hidden_size % config.num_attention_heads != 0)
    fields.fail(keys.hidden, std::to_string(config.hidden_size) + "; expected a multiple of the " +
                                 std::to_string(config.num_attention_heads) + " " + keys.heads + ", or a head_dim");
  config.head_dim = config.hidden_size / config.num_attention_heads;
}

void read_window(const ConfigFields& fields, const FamilyKeys& keys, DecoderConfig& config) {
  const bool is_given = fields.has("sliding_window");
  const std::int64_t window = fields.count("sliding_window", max_window, is_given ? 0 : keys.default_window);
  const bool is_on = fields.truth("use_sliding_window", !keys.window_is_switched);
  if (window > 0 && is_on) config.sliding_window = window;
}

void read_layer_types(const ConfigFields& fields, DecoderConfig& config) {
  static const std::vector<std::string> known{"full_attention", "sliding_attention", "chunked_attention",
                                              "linear_attention"};
  config.layer_types = fields.texts("layer_types");
  if (config.layer_types.empty()) return;
  for (const std::string& type : config.layer_types)
    if (std::find(known.begin(), known.end(), type) == known.end())
      fields.fail("layer_types",
                  "'" + type + "' is not supported; expected " + listed(known) + did_you_mean(type, known));
  if (static_cast<std::int64_t>(config.layer_types.size()) != config.num_hidden_layers)
    fields.fail("layer_types", std::to_string(config.layer_types.size()) + " of them; expected one for each of the " +
                                   std::to_string(config.num_hidden_layers) + " layers");
}

void read_experts(const ConfigFields& fields, const FamilyKeys& keys, DecoderConfig& config) {
  if (!has(keys.experts)) return;
  // What transformers 5 saves has one name for it in all families.
  constexpr const char* common = "num_local_experts";
  const char* key = !fields.find(keys.experts) && fields.find(common) ? common : keys.experts;
  const bool has_experts = keys.default_experts > 0 || fields.find(key) || fields.find(keys.chosen_experts);
  if (!has_experts) return;
  config.num_local_experts = fields.count(key, max_experts, keys.default_experts > 0 ? keys.default_experts : 8);
  config.num_experts_per_tok =
      fields.count(keys.chosen_experts, max_experts, keys.default_chosen_experts > 0 ? keys.default_chosen_experts : 2);
  // Files leave the other number as it was.
  if (config.num_local_experts == 1 && keys.one_expert_is_none) config.num_experts_per_tok = 1;
  if (config.num_experts_per_tok > config.num_local_experts)
    fields.fail(keys.chosen_experts, std::to_string(config.num_experts_per_tok) + "; expected at most the " +
                                         std::to_string(config.num_local_experts) + " " + key);
}

void read_activation(const ConfigFields& fields, const FamilyKeys& keys, DecoderConfig& config) {
  const std::string expected = "one of " + listed(activation_names());
  // Some files have both names of the key; the family's own counts.
  const char* key = fields.find(keys.activation) ? keys.activation : "hidden_act";
  const std::string name = fields.find(key) ? fields.text(key, expected) : keys.default_activation;
  const std::optional<ActivationKind> kind = parse_activation(name);
  if (!kind)
    fields.fail(key, fields.find(key)->shown() + " is not supported; expected " + expected +
                         did_you_mean(name, activation_names()));
  config.activation = *kind;
}

/// As many as num_labels says, or id2label names.
std::int64_t labels_of(const ConfigFields& fields) {
  const std::optional<JsonNode> names = fields.find("id2label");
  std::int64_t named = 2;
  if (names && names->is_object()) named = static_cast<std::int64_t>(names->members().size());
  return fields.count("num_labels", max_labels, std::max<std::int64_t>(named, 1));
}

void read_head(const ConfigFields& fields, DecoderConfig& config) {
  const std::vector<std::string> architectures = fields.texts("architectures");
  if (architectures.empty()) return;
  const std::string& name = architectures.front();
  const auto ends_in = [&](const std::string& end) {
    return name.size() >= end.size() && name.compare(name.size() - end.size(), end.size(), end) == 0;
  };
  const auto score = [&](Head head, std::int64_t labels) {
    config.head = head;
    config.labels = labels;
  };
  if (ends_in("ForSequenceClassification") || ends_in("ForImageClassification"))
    score(Head::Score, labels_of(fields));
  else if (ends_in("ForTokenClassification"))
    score(Head::TokenScore, labels_of(fields));
  else if (ends_in("ForQuestionAnswering"))
    score(Head::TokenScore, 2);
  else if (ends_in("ForNextSentencePrediction"))
    score(Head::Score, 2);
  else if (ends_in("ForMultipleChoice"))
    score(Head::Score, 1);
  else if (ends_in("ForMaskedLM"))
    config.head = Head::MaskedLanguage;
  else if (ends_in("ForPreTraining"))
    config.head = Head::PreTraining;
  else if (ends_in("Model") && !ends_in("LMHeadModel") && !ends_in("DoubleHeadsModel"))
    config.head = Head::None;
  else if (!ends_in("LMHeadModel") && !ends_in("ForCausalLM") && !ends_in("ForConditionalGeneration"))
    config.warnings.emplace_back(
        InputError({config.source}, "architectures",
                   "'" + name +
                       "' is not known, and its head is taken for a language model's; expected one that "
                       "ends in ForCausalLM, ForConditionalGeneration, Model, ForMaskedLM, "
                       "ForSequenceClassification or the like")
            .what());
}

std::string model_name(const JsonNode& object, const std::string& origin) {
  const std::filesystem::path path(origin);
  std::string stem = path.stem().string();
  if (stem != "config") return stem;
  const std::optional<JsonNode> name = object.find("_name_or_path");
  if (name && name->is_text() && !name->text_view().empty()) return name->text();
  std::filesystem::path folder = path.parent_path();
  if (const auto last = folder.filename(); last == "." || last == "..")
    folder = std::filesystem::absolute(folder / "x").lexically_normal().parent_path();
  return folder.filename().empty() ? stem : folder.filename().string();
}

bool is_family(const std::string& model_type, const std::vector<std::string>& families) {
  return std::find(families.begin(), families.end(), model_type) != families.end();
}

std::string type_of(const JsonNode& object) {
  const std::optional<JsonNode> type = object.find("model_type");
  return type && type->is_text() ? type->text() : "";
}

/// The object that describes the language model: the file's, or one that a multimodal model has for it.
std::optional<JsonNode> language_model(const JsonNode& object, const std::vector<std::string>& families,
                                       DecoderConfig& config) {
  if (is_family(type_of(object), families)) return object;
  for (const char* key : {"text_config", "llm_config", "language_config", "thinker_config"}) {
    const std::optional<JsonNode> nested = object.find(key);
    if (!nested || !nested->is_object()) continue;
    const std::optional<JsonNode> found = language_model(*nested, families, config);
    if (!found) continue;
    config.notes.push_back(std::string(key) + " is read: the text model of a '" + type_of(object) + "'");
    return found;
  }
  return std::nullopt;
}

JsonNode object_of(const DecoderConfig& config) {
  static const std::shared_ptr<const JsonNode> none = read_config_json("{}", "");
  return config.object == nullptr ? *none : *config.object;
}

}  // namespace

std::int64_t DecoderConfig::count(const std::string& key, std::int64_t otherwise) const {
  return ConfigFields(object_of(*this)).count(key, max_count, otherwise);
}

std::int64_t DecoderConfig::whole(const std::string& key, std::int64_t otherwise) const {
  const ConfigFields fields(object_of(*this));
  const std::optional<JsonNode> member = fields.find(key);
  if (member && member->kind() == JsonKind::Integer && member->integer() == 0) return 0;
  return fields.count(key, max_count, otherwise);
}

double DecoderConfig::number(const std::string& key, double otherwise) const {
  return ConfigFields(object_of(*this)).number(key, 0, 1e15, "a number from 0 to 1e15", otherwise);
}

bool DecoderConfig::truth(const std::string& key, bool otherwise) const {
  return ConfigFields(object_of(*this)).truth(key, otherwise);
}

std::vector<std::int64_t> DecoderConfig::counts(const std::string& key) const {
  return ConfigFields(object_of(*this)).whole_numbers(key, max_count);
}

bool DecoderConfig::is_null(const std::string& key) const {
  const JsonNode all = object_of(*this);
  return all.has(key) && all.at(key).is_null();
}

std::int64_t DecoderConfig::count_unless_auto(const std::string& key, std::int64_t otherwise) const {
  const std::optional<JsonNode> member = object_of(*this).find(key);
  if (member && member->is_text() && member->text_view() == "auto") return otherwise;
  return count(key, otherwise);
}

void DecoderConfig::fail(const std::string& key, const std::string& problem) const {
  object_of(*this).fail(key, problem);
}

std::int64_t DecoderConfig::get(const std::string& key, std::int64_t otherwise) const {
  const std::optional<JsonNode> member = object_of(*this).find(key);
  if (member && member->kind() == JsonKind::Truth) return member->truth() ? 1 : 0;
  return member && member->kind() == JsonKind::Integer ? member->integer() : otherwise;
}

DecoderConfig parse_model_config(std::string_view text, const std::string& origin) {
  const std::shared_ptr<const JsonNode> document = read_config_json(text, origin);
  const JsonNode& file = *document;
  const std::vector<std::string> families = registered_families();

  DecoderConfig config;
  config.source = origin;
  config.model = model_name(file, origin);
  const std::optional<JsonNode> object = language_model(file, families, config);
  if (!object) {
    const ConfigFields fields(file);
    const std::string type = fields.text("model_type", "one of " + listed(families));
    fields.fail("model_type", fields.find("model_type")->shown() + " is not supported; expected one of " +
                                  listed(families) + did_you_mean(type, families));
  }
  config.object = part_of(document, *object);
  const ConfigFields fields(*object);
  config.model_type = type_of(*object);
  const FamilyKeys keys = family_keys(config.model_type);
  config.hidden_size = fields.count(keys.hidden, max_hidden);
  if (has(keys.inner))
    config.intermediate_size = keys.inner_factor > 0
                                   ? fields.count(keys.inner, max_intermediate, keys.inner_factor * config.hidden_size)
                                   : fields.count(keys.inner, max_intermediate);
  config.num_hidden_layers = fields.count(keys.layers, max_layers);
  if (has(keys.vocabulary))
    config.vocab_size = keys.default_vocabulary > 0 ? fields.count(keys.vocabulary, max_vocab, keys.default_vocabulary)
                                                    : fields.count(keys.vocabulary, max_vocab);
  read_heads(fields, keys, config);
  read_window(fields, keys, config);
  read_layer_types(fields, config);
  read_experts(fields, keys, config);
  read_activation(fields, keys, config);
  read_head(fields, config);
  // A multimodal file says beside its text model what holds for both.
  config.is_tied = fields.truth("tie_word_embeddings", keys.default_tied);
  if (!fields.find("tie_word_embeddings") && file.find("tie_word_embeddings"))
    config.is_tied = ConfigFields(file).truth("tie_word_embeddings", config.is_tied);
  config.max_positions = fields.count(keys.positions, max_positions, 0);
  const bool inside = fields.find("quantization_config").has_value();
  config.weight_formats = read_weight_formats(inside ? fields : ConfigFields(file));
  const std::vector<std::string> misspelt = fields.misspelt(stream_keys());
  config.warnings.insert(config.warnings.end(), misspelt.begin(), misspelt.end());
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

/// What a Hugging Face config.json says of a language model, as far as the stream of layers depends on it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "upmem_des/model/activation_kind.hpp"
#include "upmem_des/model/weight_formats.hpp"

namespace upmem_des {

class JsonNode;

/// What stands at the end of a model.
enum class Head {
  LanguageModel,   ///< logits over the vocabulary
  MaskedLanguage,  ///< logits over the vocabulary behind a transformation: …ForMaskedLM
  PreTraining,     ///< that and whether two sequences follow each other
  Score,           ///< logits of a few labels: …ForSequenceClassification, of one token
  TokenScore,      ///< the same of every token: …ForTokenClassification, …ForQuestionAnswering
  None             ///< …Model
};

/// The sizes of a model. All counts are at least 1, except where a family has none of it: 0.
struct DecoderConfig {
  std::string model;                   ///< name for people: the file's stem, see read_model_config()
  std::string source;                  ///< the file that it was read from
  std::string model_type;              ///< the family: "llama"
  std::int64_t hidden_size = 0;        ///< width of the residual stream, in elements
  std::int64_t intermediate_size = 0;  ///< width of the MLP (of one expert, where there are experts), in elements
  std::int64_t num_hidden_layers = 0;
  std::int64_t num_attention_heads = 0;  ///< query heads
  std::int64_t num_key_value_heads = 0;  ///< heads in the KV cache
  std::int64_t head_dim = 0;             ///< elements of one head; default: hidden_size / num_attention_heads
  std::int64_t vocab_size = 0;
  std::optional<std::int64_t> sliding_window;  ///< rows that attention sees; none where absent, null or switched off
  std::vector<std::string> layer_types;        ///< one for each layer, or none
  std::int64_t num_local_experts = 0;          ///< per layer
  std::int64_t num_experts_per_tok = 0;        ///< chosen by the router
  ActivationKind activation;
  Head head = Head::LanguageModel;
  std::int64_t labels = 0;         ///< of Head::Score and TokenScore
  bool is_tied = false;            ///< the head's matrix is the table of words
  std::int64_t max_positions = 0;  ///< that the model was made for; 0: not told
  WeightFormats weight_formats;    ///< of its quantization_config

  /// Complete lines for the user ("file:line: key: …"): keys that nobody reads and that look like a misspelt one.
  std::vector<std::string> warnings;
  /// What was understood that a user should know: "text_config is read", "weights: fp8 …".
  std::vector<std::string> notes;

  /// Further keys of the file, for families that need more than the above; `otherwise` where a key is absent or null.
  /// All throw InputError ("file:line: key: …") on a value of another type or out of range. A config that was not read
  /// from a file has none.
  std::int64_t count(const std::string& key, std::int64_t otherwise) const;  ///< 1 or more
  std::int64_t whole(const std::string& key, std::int64_t otherwise) const;  ///< 0 or more
  double number(const std::string& key, double otherwise) const;             ///< 0 or more
  /// true or false, or 0 or 1.
  bool truth(const std::string& key, bool otherwise) const;
  std::vector<std::int64_t> counts(const std::string& key) const;  ///< a list, each 0 or more; empty where absent
  bool is_null(const std::string& key) const;                      ///< given as null
  std::int64_t count_unless_auto(const std::string& key,
                                 std::int64_t otherwise) const;  ///< "auto", too, is `otherwise`
  /// Throws InputError at the key's place in the file.
  [[noreturn]] void fail(const std::string& key, const std::string& problem) const;

  /// A whole number or truth value (0, 1) of the file, of any size; `otherwise` where there is no such.
  std::int64_t get(const std::string& key, std::int64_t otherwise) const;

  std::shared_ptr<const JsonNode> object;  ///< the file's, or the nested one that describes the language model
};

/// The file that a model is read from: `path` itself, or the config.json in it where it is a folder that has one.
std::string model_config_path(const std::string& path);

/// Reads a config.json, or that of a folder. The model's name is the file's stem; a file called config.json is named by
/// its `_name_or_path` or else by its folder. Where the file's model_type is no family's, a text_config (or
/// llm_config, language_config …) whose model_type is one is read in its place. Keys that the stream does not depend on
/// (rope_theta, torch_dtype, …) are ignored, unknown ones too: the format is not ours. Keys that are absent have the
/// defaults of Hugging Face's class.
/// Throws InputError ("file:line: key: …") on a file that cannot be read or is larger than 16 MiB, bad JSON, a key
/// given twice, a missing or ill-typed value, one out of its range, sizes that contradict each other, a model_type
/// that no family is registered for, and unknown activations, layer types and formats of weights.
DecoderConfig read_model_config(const std::string& path);

/// The file's text. Throws InputError on a file that cannot be read or is larger than 16 MiB.
std::string read_config_text(const std::string& path);

/// The same as read_model_config() for a text; `origin` stands for the file's name.
DecoderConfig parse_model_config(std::string_view text, const std::string& origin);

}  // namespace upmem_des

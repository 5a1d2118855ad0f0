/// What a Hugging Face config.json says of a decoder-only language model, as far as the stream of layers depends on it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace upmem_des {

/// The sizes of a decoder. All counts are at least 1, except the experts', which are 0 in a model without experts.
struct DecoderConfig {
  std::string model;                   ///< name for people: the file's stem, see read_model_config()
  std::string source;                  ///< the file that it was read from
  std::string model_type;              ///< the family: "llama"
  std::int64_t hidden_size = 0;        ///< width of the residual stream, in elements
  std::int64_t intermediate_size = 0;  ///< width of the MLP (of one expert, where there are experts), in elements
  std::int64_t num_hidden_layers = 0;
  std::int64_t num_attention_heads = 0;  ///< query heads
  std::int64_t num_key_value_heads = 0;  ///< heads in the KV cache; default: num_attention_heads
  std::int64_t head_dim = 0;             ///< elements of one head; default: hidden_size / num_attention_heads
  std::int64_t vocab_size = 0;
  std::optional<std::int64_t> sliding_window;  ///< rows that attention sees; none where absent, null or switched off
  std::int64_t num_local_experts = 0;          ///< per layer; default 8 in a model with experts
  std::int64_t num_experts_per_tok = 0;        ///< chosen by the router; default 2 in a model with experts

  /// All other whole numbers and truth values (0, 1) of the file's top level, for families that need more than the
  /// above.
  std::map<std::string, std::int64_t> more;

  /// Complete lines for the user ("file:line: key: …"): keys that nobody reads and that look like a misspelt one.
  std::vector<std::string> warnings;

  /// The value of a key of `more`, or `otherwise`.
  std::int64_t get(const std::string& key, std::int64_t otherwise) const;
};

/// The file that a model is read from: `path` itself, or the config.json in it where it is a folder that has one.
std::string model_config_path(const std::string& path);

/// Reads a config.json, or that of a folder. The model's name is the file's stem; a file called config.json is named by
/// its
/// `_name_or_path` or else by its folder. Keys that the stream does not depend on (rope_theta, torch_dtype, …) are
/// ignored, unknown ones too: the format is not ours.
/// Throws InputError ("file:line: key: …") on a file that cannot be read or is larger than 16 MiB, bad JSON, a key
/// given twice, a missing or ill-typed value, one out of its range, sizes that contradict each other, a model_type
/// that no family is registered for, and activations other than SiLU.
DecoderConfig read_model_config(const std::string& path);

/// The file's text. Throws InputError on a file that cannot be read or is larger than 16 MiB.
std::string read_config_text(const std::string& path);

/// The same as read_model_config() for a text; `origin` stands for the file's name.
DecoderConfig parse_model_config(std::string_view text, const std::string& origin);

}  // namespace upmem_des

/// What a Hugging Face config.json says of a decoder's arithmetic: all that running it needs beside DecoderConfig, and
/// that the stream of layers does not depend on.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "model/decoder_config.hpp"

namespace upmem_des {

/// How the angles of rotary embeddings are stretched for positions beyond those that a model was first trained on.
struct RopeScaling {
  enum class Type { none, linear, llama3 };

  Type type = Type::none;
  double factor = 1;                                  ///< that wavelengths are multiplied by; 1 or more
  double low_freq_factor = 1;                         ///< llama3: wavelengths above original / low are all stretched
  double high_freq_factor = 4;                        ///< llama3: those below original / high are not
  std::int64_t original_max_position_embeddings = 1;  ///< llama3: positions of the first training
};

struct DecoderNumerics {
  double rope_theta = 1e4;  ///< base of the rotary embedding's wavelengths
  RopeScaling rope_scaling;
  double rms_norm_eps = 1e-6;
  double initializer_range = 0.02;           ///< standard deviation of random weights
  bool tie_word_embeddings = false;          ///< lm_head has the embedding's weights
  bool attention_bias = false;               ///< q, k, v and o have biases (Llama)
  bool mlp_bias = false;                     ///< gate, up and down have biases (Llama)
  std::int64_t max_position_embeddings = 0;  ///< positions that the model was trained on; 0: not told

  /// Complete lines for the user, of keys that look like misspelt ones.
  std::vector<std::string> warnings;
};

/// Reads config.source again for its numerics; what is absent has the default of Hugging Face's class of
/// config.model_type. `rope_parameters` is read where there is no `rope_scaling`; both hold for every family.
/// Throws InputError ("file:line: key: …") as read_model_config() does, on values out of range, and on a rope type
/// other than default, linear and llama3.
DecoderNumerics read_model_numerics(const DecoderConfig& config);

/// The same for a text.
DecoderNumerics parse_model_numerics(std::string_view text, const DecoderConfig& config);

}  // namespace upmem_des

/// What a Hugging Face config.json says of a decoder's arithmetic: all that running it needs beside DecoderConfig, and
/// that the stream of layers does not depend on.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "upmem_des/model/decoder_config.hpp"

namespace upmem_des {

/// How the angles of rotary embeddings are stretched for positions beyond those that a model was first trained on.
struct RopeScaling {
  enum class Type { none, linear, llama3, yarn };

  Type type = Type::none;
  double factor = 1;                                  ///< that wavelengths are multiplied by; 1 or more
  double low_freq_factor = 1;                         ///< llama3: wavelengths above original / low are all stretched
  double high_freq_factor = 4;                        ///< llama3: those below original / high are not
  std::int64_t original_max_position_embeddings = 1;  ///< llama3, yarn: positions of the first training
  double beta_fast = 32;                              ///< yarn: pairs that turn more often than that are not stretched
  double beta_slow = 1;                               ///< yarn: those that turn less often are stretched whole
  bool truncate = true;                               ///< yarn: the bounds between them are rounded to whole pairs
  double attention_factor = 1;                        ///< yarn: that cosines and sines are multiplied by
  double mscale_all_dim = 0;  ///< yarn: DeepSeek's scores are multiplied by the square of mscale(factor, it); 0: not
};

/// YaRN's 0.1 · scale · ln(factor) + 1; 1 for factors up to 1.
double yarn_mscale(double factor, double scale);

struct DecoderNumerics {
  double rope_theta = 1e4;  ///< base of the rotary embedding's wavelengths
  RopeScaling rope_scaling;
  double local_rope_theta = 1e4;  ///< the same of layers with a window, in families that tell them apart (Gemma 3)
  RopeScaling local_rope_scaling;
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
/// config.model_type. `rope_parameters` is read where there is no `rope_scaling`; both hold for every family, and may
/// have an object each for "full_attention" and "sliding_attention". Of a multimodal file its text model's are read.
/// Throws InputError ("file:line: key: …") as read_model_config() does, on values out of range, and on a rope type
/// other than default, linear, llama3 and yarn.
DecoderNumerics read_model_numerics(const DecoderConfig& config);

/// The same for a text.
DecoderNumerics parse_model_numerics(std::string_view text, const DecoderConfig& config);

}  // namespace upmem_des

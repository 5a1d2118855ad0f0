/// What a model is, counted from its description: parameters, weights, what a token adds.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "upmem_des/model/decoder_config.hpp"
#include "upmem_des/model/decoder_description.hpp"
#include "upmem_des/number/number_format.hpp"

namespace upmem_des {

/// Formats to count in.
struct FactFormats {
  NumberFormat activations = NumberFormat::bfloat16;  ///< of all that has no format of its own
  std::optional<NumberFormat> weights;                ///< in place of what the configuration says
  std::optional<NumberFormat> cache;                  ///< of the KV cache; none: the activations'
};

/// Of one kind of block. Parameters are whole numbers, exact below 2^53.
struct BlockFacts {
  Block block = Block::Other;
  std::int64_t calls = 0;  ///< of layers, in one pass
  double parameters = 0;
  double active_parameters = 0;
  double weights_B = 0;
  double linear_flop_per_token = 0;
};

/// Of the weights in one number format.
struct FormatFacts {
  NumberFormat format = NumberFormat::bfloat16;
  double parameters = 0;
  double bytes = 0;  ///< shares of scales included
};

/// Of a whole model.
struct ModelFacts {
  double parameters = 0;         ///< a tied table counts once
  double active_parameters = 0;  ///< without the experts that a token does not go to
  double weights_B = 0;
  std::vector<FormatFacts> formats;          ///< that weights are stored in
  double kv_B_per_token = 0;                 ///< of all layers that cache
  std::optional<double> kv_B_beyond_window;  ///< of a token that has left all windows and chunks; none without any
  double state_B_per_sequence = 0;           ///< of recurrences
  /// 2 · elements of every matrix that a decoded token is multiplied with: the head, the router and the chosen experts
  /// too, attention's products with the cache and convolutions not. Of encoders, and of decoders with one: of every
  /// matrix but tables and tied heads, each once, convolutions along a sequence and the class token among them.
  double decode_linear_flop_per_token = 0;
  std::vector<BlockFacts> blocks;  ///< those that the model has
};

/// Counts a model. Throws InputError as describe_decoder() does.
ModelFacts model_facts(const DecoderConfig& config, const FactFormats& formats);

}  // namespace upmem_des

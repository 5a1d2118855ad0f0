#include "model/families/families.hpp"
#include "model/families/standard_decoder.hpp"

namespace upmem_des {

/// Llama's layers; queries are scaled by their position, which is no call.
DecoderDescription describe_ministral3(const DecoderConfig& config) {
  return StandardDecoder(config, "Ministral3").describe();
}

}  // namespace upmem_des

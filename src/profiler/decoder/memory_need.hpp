/// Is there room for a model? A process that takes more memory than there is is killed without a word.
#pragma once

#include <string>

#include "upmem_des/model/decoder_config.hpp"
#include "upmem_des/model/decoder_run.hpp"

namespace upmem_des::profiler {

/// What a model has, in elements.
struct ModelElements {
  double weights = 0;       ///< of all weights together
  double cache_row = 0;     ///< that all layers together keep of a token
  double expanded_row = 0;  ///< of a token, that attention works on in a first pass beside what is kept
};

/// Bytes that running a model takes: its weights, the KV cache, and the largest tensors of its passes (logits, scores
/// of attention in float32 beside their own format with expanded keys and values, the MLP's).
double memory_need(const DecoderConfig& config, const DecoderRun& run, const ModelElements& elements);

/// Memory that this machine can give without swapping, in bytes, from the kernel's `file`; infinite where it does not
/// say.
double available_memory(const std::string& file = "/proc/meminfo");

/// Throws InputError when `need` bytes are more than `available`.
void check_memory(const DecoderConfig& config, double need, double available);

}  // namespace upmem_des::profiler

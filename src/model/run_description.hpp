/// What a run of a model calls.
#pragma once

#include "model/decoder_config.hpp"
#include "model/decoder_description.hpp"
#include "model/decoder_run.hpp"

namespace upmem_des {

/// Are weights stored as the configuration says, and not as the run does?
bool keeps_formats(const DecoderConfig& config, const DecoderRun& run);

/// The calls of the run's detail, with the formats of their weights; as kernels the sampler is the last, where the
/// model gives tokens. Throws InputError as describe_decoder() does.
DecoderDescription description_of(const DecoderConfig& config, const DecoderRun& run);

}  // namespace upmem_des

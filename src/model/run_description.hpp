/// What a run of a model calls.
#pragma once

#include <set>
#include <string>

#include "upmem_des/model/decoder_config.hpp"
#include "upmem_des/model/decoder_description.hpp"
#include "upmem_des/model/decoder_run.hpp"

namespace upmem_des {

/// Are weights stored as the configuration says, and not as the run does?
bool keeps_formats(const DecoderConfig& config, const DecoderRun& run);

/// The calls of the run's detail, with the formats of their weights; as kernels the sampler is the last, where the
/// model gives tokens. Throws InputError as describe_decoder() does.
DecoderDescription description_of(const DecoderConfig& config, const DecoderRun& run);

/// Names and types of the layers that kernels may stand for: asked for, they are events of their own. Throws InputError
/// as describe_decoder() does.
std::set<std::string> fused_layers(const DecoderConfig& config);

}  // namespace upmem_des

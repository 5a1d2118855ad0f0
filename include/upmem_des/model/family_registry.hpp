/// The families of decoders, by the `model_type` of their Hugging Face configuration.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "upmem_des/model/decoder_config.hpp"
#include "upmem_des/model/decoder_description.hpp"
#include "upmem_des/model/family_keys.hpp"

namespace upmem_des {

/// Describes a decoder of one family. Throws InputError where the configuration does not suit the family.
using FamilyBuilder = std::function<DecoderDescription(const DecoderConfig&)>;

/// Makes a family known; from then on parse_model_config() accepts its model_type. Those of families/ are there from
/// the start. Throws std::logic_error on an empty name, an empty builder or a name that is taken. Safe to call from
/// several threads.
void register_family(const std::string& model_type, FamilyBuilder builder, const FamilyKeys& keys = {});

/// The keys of a family. Throws std::logic_error on a name that is not registered.
FamilyKeys family_keys(const std::string& model_type);

/// All names, in alphabetical order.
std::vector<std::string> registered_families();

/// Builds the description with the builder of config.model_type: all calls that there are, as layers and as kernels,
/// which docs/models.md tells apart. Throws InputError on a model_type that is not registered.
DecoderDescription describe_all_calls(const DecoderConfig& config);
/// The same of its layers alone.
DecoderDescription describe_decoder(const DecoderConfig& config);

}  // namespace upmem_des

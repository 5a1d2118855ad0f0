/// Which calls of a model have weights in the format of its quantization_config.
#pragma once

#include "upmem_des/model/decoder_description.hpp"
#include "upmem_des/model/weight_formats.hpp"

namespace upmem_des {

/// Gives the modules that `formats` leaves out the format of activations; layers that differ in it become groups of
/// their own.
void leave_out(const WeightFormats& formats, DecoderDescription& description);

}  // namespace upmem_des

/// Of all that a description can call, what a run does.
#pragma once

#include <string>
#include <vector>

#include "upmem_des/model/decoder_description.hpp"
#include "upmem_des/model/decoder_run.hpp"

namespace upmem_des {

/// Leaves of the calls those of `detail` and makes them say what they read and compute as such; none has a When or what
/// belongs to it any more. Layers become one kernel where nobody asks for one of them by name or type, and their
/// weights are stored in one format; so do a layer's experts. As kernels the norm that reads the residual stream of a
/// layer that left an addition open makes it, see ResidualStream.
void choose_calls(DecoderDescription& description, Detail detail, const std::vector<std::string>& asked_for);

}  // namespace upmem_des

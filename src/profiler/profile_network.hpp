/// The two ways in that a request can name; each runs the network on the CPU and writes its trace.
#pragma once

#include <string>

#include "profile/profile_reply.hpp"
#include "profile/profile_request.hpp"

namespace upmem_des::profiler {

/// Runs a TorchScript module `warmup` + `repeat` times and writes the recorded passes to `trace_path`. Throws
/// InputError on a file that is no TorchScript module and on inputs that the network does not take, with the layer that
/// it reached; SimulationError where memory runs out. reached_place() is told where it has come to.
ProfileReply profile_script(const ScriptRequest& script, const ProfileRequest& request, const std::string& trace_path);

/// Generates run.output_tokens tokens for each batch row and writes the trace of all passes to `trace_path`. Throws
/// InputError on a folder without config.json, a family that is not supported, and weights that do not fit.
ProfileReply profile_decoder(const DecoderRequest& decoder, const ProfileRequest& request,
                             const std::string& trace_path);

}  // namespace upmem_des::profiler

/// TorchScript files that make_networks.py has written, profiled.
#pragma once

#include <string>
#include <vector>

#include "profile/profile_reply.hpp"
#include "profile/profile_request.hpp"
#include "upmem_des/trace/event_source.hpp"

namespace upmem_des::test {

std::string network_file(const std::string& name);

/// "NETWORK.pt" and its inputs as the command line writes them.
ScriptRequest network_request(const std::string& name, const std::vector<std::string>& inputs);

struct Profiled {
  ProfileReply reply;
  TraceHeader header;
  std::vector<LayerEvent> events;  ///< as the written file reads back
};

Profiled profiled(const ScriptRequest& script, bool sim_compute = false);
Profiled profiled(const std::string& name, const std::vector<std::string>& inputs);

/// An event a line, without times: "layer Linear head.0 3 [2, 8] * [8, 3] = [2, 3]", "function softmax [2, 3] = [2,
/// 3]"; where they are there "stride 2 1", "padding 1 2", "causal 0" behind it, "step 1" after the first pass.
std::vector<std::string> lines(const std::vector<LayerEvent>& events);

/// "PATH: OPERATION" of each event, of functions without a path "TYPE: …".
std::vector<std::string> operations(const std::vector<LayerEvent>& events);

/// "SEQ: 0 2" of each event, where it waits for the events 0 and 2; "SEQ: before" and "SEQ: nothing" without deps.
std::vector<std::string> deps(const std::vector<LayerEvent>& events);

}  // namespace upmem_des::test

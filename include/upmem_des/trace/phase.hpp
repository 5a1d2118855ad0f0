/// Kinds of events, and the phases of a run.
#pragma once

#include <cstddef>

namespace upmem_des {

/// Communication is what a plan adds to a network's calls: transfers and collectives. No trace has it.
enum class EventKind { Layer, Function, Communication };

/// Prefill (summarization) is the first forward pass, decode (generation) every later one.
enum class Phase { Prefill, Decode };
constexpr std::size_t phase_count = 2;

/// "layer", "function", "communication".
inline const char* to_string(EventKind kind) {
  switch (kind) {
    case EventKind::Layer:
      return "layer";
    case EventKind::Function:
      return "function";
    case EventKind::Communication:
      break;
  }
  return "communication";
}
/// "prefill", "decode".
inline const char* to_string(Phase phase) {
  return phase == Phase::Prefill ? "prefill" : "decode";
}

}  // namespace upmem_des

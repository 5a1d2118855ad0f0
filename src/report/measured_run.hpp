/// What a measured run found, as text and as JSON.
#pragma once

#include <optional>
#include <string>

#include "profile/profile_reply.hpp"
#include "upmem_des/trace/event_source.hpp"

namespace upmem_des {

/// A profile: the trace's header and what was measured beside the events.
struct MeasuredRun {
  TraceHeader header;
  ProfileReply reply;

  const MeasuredPhase& phase(Phase which) const { return reply.phases[static_cast<std::size_t>(which)]; }
  /// Time in forward passes.
  double time_s() const { return reply.phases[0].time_s + reply.phases[1].time_s; }
  std::int64_t passes() const { return reply.phases[0].passes + reply.phases[1].passes; }
  /// Only language models generate tokens; of other networks forward passes are counted.
  bool generates_tokens() const { return !reply.token_ids.empty(); }
  /// Tokens over all batch rows: of prefill the first of each row, of decode the others.
  std::int64_t tokens(Phase which) const;
  /// Decode tokens over decode time; 0 where there are none.
  double tokens_per_s() const;
  /// Forward passes over their time; 0 where no time passed.
  double passes_per_s() const;
  /// Events' time over that of the forward passes; 0 where no time passed. Events between two passes, such as the
  /// choice of a token, can lift it above 1.
  double coverage() const;
  /// Of both phases; nothing where that of a phase with passes could not be read.
  std::optional<CpuEnergy> energy() const;
};

/// `amount` over `whole`; 0 where that is no finite number.
double finite_ratio(double amount, double whole);

/// The summary on the terminal: what it was measured on, then time, passes or tokens, time outside of events, energy
/// and power of the CPU, in total and by phase, or why there is no energy. `sim_compute` has a line that says what it
/// means for the times.
std::string measured_text(const MeasuredRun& run);

/// A JSON document ("upmem-des-profile", version 1), described in docs/result.md. Numbers are in the unit that their
/// key ends in and read back as the same doubles; what was not measured is null.
std::string measured_json(const MeasuredRun& run);

}  // namespace upmem_des

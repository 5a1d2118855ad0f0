/// A part of a run.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace upmem_des {

/// Which activities belong to a timeline: those of some steps (the transfer that ends the run has none), or those that
/// start within a time. Without any of these, all.
struct TimelineWindow {
  /// Steps `first` to `last`, both included.
  struct Steps {
    std::int64_t first = 0;
    std::int64_t last = 0;
  };
  /// From `first_s` to `last_s`.
  struct Times {
    double first_s = 0;
    double last_s = 0;
  };
  std::optional<Steps> steps;
  std::optional<Times> times;

  /// Is it the whole run?
  bool all() const { return !steps && !times; }
  /// Does an activity of that step, which starts then, belong to it?
  bool contains(std::int64_t step, double start_s) const;
  /// "the whole run", "step 3", "steps 0 to 2", "1 ms to 2.5 ms".
  std::string str() const;
};

/// "step=3", "steps=0..2", "time=1ms..2.5ms" (units s, ms, us, µs, ns; 0 may stand alone). Throws InputError
/// ("--timeline-window: …") on anything else, a range that is empty or backwards, and numbers that are negative or not
/// finite.
TimelineWindow parse_timeline_window(const std::string& text);

}  // namespace upmem_des

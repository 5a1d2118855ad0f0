/// How a source of steps and the one who runs them talk.
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>

#include "upmem_des/util/error.hpp"

namespace upmem_des {

/// How far a run is when a step is asked for.
struct Progress {
  double now_s = 0;              ///< simulated time
  std::int64_t ended_steps = 0;  ///< of the steps that the source has given, so many have ended, and all before them
};

/// What a source says when it is asked for a step.
struct Answer {
  enum class Kind {
    Step,  ///< here is one
    Wait,  ///< there is none now; ask again at `until_s`, or when a further step has ended
    End    ///< none will follow
  };
  Kind kind = Kind::End;
  /// Of Wait: simulated time, later than now; infinite where only the end of a step can bring a further one.
  double until_s = std::numeric_limits<double>::infinity();

  static Answer step() { return {Kind::Step}; }
  static Answer end() { return {Kind::End}; }
  static Answer wait_until(double time_s) { return {Kind::Wait, time_s}; }
  static Answer wait_for_a_step() { return {Kind::Wait}; }
};

/// The next step as on a machine that takes no time; false at the end. `progress` is handed from call to call, at first
/// {}. Throws InputError where the source waits for a step when all have ended.
template <typename Source, typename Step>
bool next_at_once(Source& source, Progress& progress, Step& step) {
  while (true) {
    const Answer answer = source.next(progress, step);
    if (answer.kind == Answer::Kind::End) return false;
    if (answer.kind == Answer::Kind::Step) {
      ++progress.ended_steps;
      return true;
    }
    if (!std::isfinite(answer.until_s)) throw InputError("the source of steps waits for a step to end, but all have");
    progress.now_s = answer.until_s;
  }
}

}  // namespace upmem_des

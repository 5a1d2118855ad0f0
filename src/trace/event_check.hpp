/// What every event must keep to, whether it was read or generated.
#pragma once

#include <cstdint>
#include <string>

#include "upmem_des/trace/event_source.hpp"
#include "upmem_des/trace/layer_event.hpp"

namespace upmem_des {

/// The field of an event that is wrong, and "what is wrong; what was expected". Both are empty when nothing is.
struct EventProblem {
  std::string key;
  std::string problem;

  explicit operator bool() const { return !problem.empty(); }
};

constexpr std::int64_t max_batch = 1'000'000'000;
/// Bounds of an event's numbers, beside those of its shapes.
constexpr std::int64_t max_step = 1'000'000'000;
constexpr std::int64_t max_expert = 1'000'000;
constexpr std::int64_t max_stride = 1'000'000;  ///< of padding too
constexpr double max_time_ns = 1e20;            ///< sums of such times stay finite; wall-clock times keep to it
constexpr std::size_t max_text = 1000;          ///< characters of a type, name, path or map_key

/// "" if a number of a header is from 1 to `max`, else what is wrong and what was expected.
std::string count_problem(std::int64_t number, std::int64_t max);

/// The first problem of a header: numbers below 1 or beyond their bounds, texts that are too long.
EventProblem header_problem(const TraceHeader& header);

/// The first problem of an event by itself: what no trace has (communication), empty texts, a phase that does not go
/// with its step, sizes out of bounds, ranks and sizes that its type does not have, a function with a weight,
/// dependencies on later events.
EventProblem event_problem(const LayerEvent& event);

/// "" if `text` has at most max_text characters, else what is wrong and what was expected.
std::string text_problem(const std::string& text);

/// Checks the events of a stream one after another.
class StreamCheck {
 public:
  /// event_problem(), and what concerns the events before: `seq` counts 0, 1, 2, …; `step` never decreases.
  EventProblem problem(const LayerEvent& event);
  /// Events seen without a problem.
  std::int64_t count() const { return count_; }

 private:
  std::int64_t count_ = 0;
  std::int64_t step_ = 0;
};

}  // namespace upmem_des

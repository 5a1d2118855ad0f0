/// A stream of events as steps.
#pragma once

#include <cstdint>
#include <memory>
#include <unordered_map>
#include <vector>

#include "trace/step_calls.hpp"
#include "upmem_des/trace/event_source.hpp"

namespace upmem_des {

/// Puts calls together that ask for the same.
class CallTable {
 public:
  /// The place of such a call in calls().
  std::uint32_t find(const LayerEvent& event);

  std::vector<LayerEvent>& calls() { return calls_; }
  void clear();

 private:
  /// Of one name and type so many different calls are looked through; further ones are all kept.
  static constexpr std::size_t most_compared = 32;

  std::vector<LayerEvent> calls_;
  std::unordered_map<std::uint64_t, std::vector<std::uint32_t>> places_;  // by type and name
};

/// Events of one step that follow each other, or a part of them where they are many.
class EventSteps : public CallSource {
 public:
  /// A step is cut after so many events, so that memory stays bounded.
  static constexpr std::size_t largest = 32'768;

  /// The source outlives this.
  explicit EventSteps(EventSource& source) : source_(source) {}

  Answer next(const Progress& progress, StepCalls& step) override;

 private:
  bool read(const StepCalls& step, std::size_t events);
  std::size_t follow(StepCalls& step);
  void part_from_latest(StepCalls& step, std::size_t followed);
  void add(const LayerEvent& event);

  EventSource& source_;
  LayerEvent ahead_;  // the next event, where there is one
  bool has_ahead_ = false;
  std::int64_t next_seq_ = 0;
  CallTable table_;
  std::shared_ptr<CallSequence> sequence_;      // of the step that is read, once it has parted from the latest one
  std::shared_ptr<const CallSequence> latest_;  // of the step before
  std::vector<LayerEvent> calls_;               // of that, with sizes of the present step where these are known
  std::vector<bool> is_known_;                  // by call
};

/// The same of a source that it owns.
class OwningEventSteps : public CallSource {
 public:
  explicit OwningEventSteps(std::unique_ptr<EventSource> source) : source_(std::move(source)), steps_(*source_) {}

  Answer next(const Progress& progress, StepCalls& step) override { return steps_.next(progress, step); }

 private:
  std::unique_ptr<EventSource> source_;
  EventSteps steps_;
};

}  // namespace upmem_des

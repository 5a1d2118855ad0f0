/// Observers of a simulation.
#pragma once

#include <vector>

#include "report/call_totals.hpp"
#include "upmem_des/result/event_record.hpp"

namespace upmem_des {

/// Adds up the calls of a simulation. A call takes from its start to its end, its transfers included; the transfer that
/// ends the run is no call's.
class CallObserver : public EventObserver {
 public:
  explicit CallObserver(CallTotals& calls) : calls_(calls) {}
  void on_event(const EventRecord& record) override;

 private:
  CallTotals& calls_;
};

/// Passes every event on to several observers, in the order in which they were added.
class ObserverList : public EventObserver {
 public:
  /// `observer` has to live as long as this.
  void add(EventObserver& observer) { observers_.push_back(&observer); }
  bool empty() const { return observers_.empty(); }
  void on_event(const EventRecord& record) override;

 private:
  std::vector<EventObserver*> observers_;
};

}  // namespace upmem_des

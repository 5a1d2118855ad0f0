/// A line for each event.
#pragma once

#include <functional>
#include <string_view>

#include "upmem_des/result/event_record.hpp"

namespace upmem_des {

/// Hands a header and then a line for each event to `write`, in order of time, as the simulation goes. Times are in
/// seconds, energy in joules; columns are separated by at least one space. With `peers` there is a column for transfers
/// between devices.
class EventLog : public EventObserver {
 public:
  explicit EventLog(std::function<void(std::string_view)> write, bool peers = false);
  void on_event(const EventRecord& record) override;

 private:
  std::function<void(std::string_view)> write_;
  bool peers_ = false;
};

}  // namespace upmem_des

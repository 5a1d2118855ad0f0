/// What a run is told beside its scenario.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace upmem_des {

class ActivityObserver;
class EventObserver;

/// Who is told, and what is written as the run goes.
struct RunOptions {
  /// Told of what is unusual but runs. May throw to make it an error.
  std::function<void(const std::string&)> warn;
  /// Told of every event in order of time.
  EventObserver* observer = nullptr;
  /// Told of everything that goes on.
  ActivityObserver* watcher = nullptr;
  /// SimGrid's own Paje trace is written there as the run goes; empty: none.
  std::string trace_file;
  /// Told now and then how many events of how many have been planned.
  std::function<void(std::int64_t done, std::int64_t total)> progress;
};

}  // namespace upmem_des

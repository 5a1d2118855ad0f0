/// The queue of a stream.
#pragma once

#include <deque>
#include <optional>
#include <queue>
#include <vector>

#include "simulation/loaded_step.hpp"
#include "simulation/queue_order.hpp"

namespace upmem_des {

/// The pieces of a device or route that have not started, and whether one runs.
class StreamQueue {
 public:
  explicit StreamQueue(QueueOrder order) : order_(order) {}

  /// In order of id.
  void add(LoadedStep::At at);
  /// A piece that has been added waits for nothing any more.
  void make_ready(LoadedStep::At at);

  /// What would start now; none where the stream is busy or has to wait.
  std::optional<LoadedStep::At> next() const;
  /// Starts that.
  LoadedStep::At take();
  /// What was taken has ended.
  void set_free() { is_busy_ = false; }

 private:
  struct ComesLater {
    bool operator()(const LoadedStep::At& a, const LoadedStep::At& b) const { return a.id() > b.id(); }
  };

  QueueOrder order_;
  bool is_busy_ = false;
  std::deque<LoadedStep::At> in_turn_;  // ById: all
  /// ReadyById: those that wait for nothing any more.
  std::priority_queue<LoadedStep::At, std::vector<LoadedStep::At>, ComesLater> ready_;
};

}  // namespace upmem_des

/// Recorded events into a trace. Internal to the room.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "profile/profile_reply.hpp"
#include "trace/event_check.hpp"
#include "upmem_des/trace/jsonl_writer.hpp"

namespace upmem_des::profiler {

/// Writes events that are sure to be read back, and counts them.
class EventWriter {
 public:
  /// As JsonlWriter. `network` is what errors name: the file or folder that the network came from.
  EventWriter(const std::string& path, const TraceHeader& header, std::string network = {})
      : writer_(path, header), network_(std::move(network)) {}

  /// The layer that ends a pass, for the header. To be called before the first write().
  void set_last_layer(const std::string& last_layer) { writer_.set_last_layer(last_layer); }
  /// Likewise: passes end where an event says so, not with that layer.
  void mark_passes() { writer_.mark_passes(); }

  /// The next events of the stream. Throws InputError on one that a trace cannot hold: "NETWORK: layer 'head.0'
  /// (Linear): input_shape: …".
  void write(const std::vector<LayerEvent>& events);

  /// Puts the file in place and fills events and events_s. Throws InputError when there was no event.
  void finish(ProfileReply& reply);

 private:
  JsonlWriter writer_;
  std::string network_;
  StreamCheck check_;
  double total_ns_ = 0;
};

}  // namespace upmem_des::profiler

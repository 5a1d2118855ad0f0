/// Where layer events come from: a file, or a model's description.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "upmem_des/number/number_format.hpp"

namespace upmem_des {

struct LayerEvent;

/// The first line of a trace.
struct TraceHeader {
  std::string model;
  NumberFormat dtype = NumberFormat::bfloat16;
  std::int64_t batch = 1;
  std::string source;
  std::optional<std::int64_t> num_key_value_heads;  ///< heads that the KV cache really holds (grouped-query attention)
  std::optional<std::int64_t> sliding_window;       ///< attention sees at most that many rows
  std::optional<std::int64_t> vocab_size;           ///< rows of tables whose operation does not say how many
  std::optional<NumberFormat> weight_dtype;         ///< of the weights of linear layers; none: dtype
  std::optional<NumberFormat> activation_dtype;     ///< that products with these compute their inputs in; none: dtype
  std::string last_layer;     ///< name or path of the layer whose call ends a forward pass; empty: not told
  bool marks_passes = false;  ///< do the events say which of them end a forward pass? Else last_layer does, or lm_head.
};

/// A stream of events in call order, read once. Memory does not grow with its length.
class EventSource {
 public:
  EventSource() = default;
  EventSource(const EventSource&) = delete;
  EventSource& operator=(const EventSource&) = delete;
  virtual ~EventSource() = default;

  /// What the source says of all its events.
  virtual const TraceHeader& header() const = 0;

  /// Overwrites `event` with the next one; false at the end. Throws InputError on bad input.
  virtual bool next(LayerEvent& event) = 0;
};

}  // namespace upmem_des

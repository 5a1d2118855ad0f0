/// Calls made by hand.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "upmem_des/trace/event_source.hpp"
#include "upmem_des/trace/layer_event.hpp"

/// A layer's call of weight [8, 2]; id below 0: none. Decode steps are above 0.
upmem_des::LayerEvent layer_call(std::int64_t id, const std::string& type, const std::string& name, std::int64_t step,
                                 const upmem_des::Shape& input, const upmem_des::Shape& output,
                                 std::optional<double> duration_ns = {});
upmem_des::LayerEvent function_call(const std::string& type, const std::string& name, std::int64_t step,
                                    const upmem_des::Shape& input, const upmem_des::Shape& output,
                                    std::optional<double> duration_ns = {});

/// Hands out events that are held in memory.
class ListSource : public upmem_des::EventSource {
 public:
  explicit ListSource(std::vector<upmem_des::LayerEvent> events) : events_(std::move(events)) {}
  const upmem_des::TraceHeader& header() const override { return header_; }
  bool next(upmem_des::LayerEvent& event) override;

 private:
  upmem_des::TraceHeader header_;
  std::vector<upmem_des::LayerEvent> events_;
  std::size_t at_ = 0;
};

/// Two layers and two functions over a prefill and two decode passes, all timed. Layers, ns: id 1 "body.0" 3000, then
/// 1000 and 2000; id 0 "act" 500 in prefill. Functions: softmax 500 in prefill, 250 and 250; matmul 2500 in decode.
/// Layers 6500, functions 3500, prefill 4000, decode 6000.
std::vector<upmem_des::LayerEvent> sample_calls();

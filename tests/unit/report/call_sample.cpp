#include "call_sample.hpp"

using namespace upmem_des;

namespace {

LayerEvent call(EventKind kind, const std::string& type, const std::string& name, std::int64_t step, const Shape& input,
                const Shape& output, std::optional<double> duration_ns) {
  LayerEvent event;
  event.kind = kind;
  event.type = Name(type);
  event.name = Name(name);
  event.phase = step > 0 ? Phase::Decode : Phase::Prefill;
  event.step = step;
  event.input_shape = input;
  event.output_shape = output;
  event.duration_ns = duration_ns;
  return event;
}

}  // namespace

LayerEvent layer_call(std::int64_t id, const std::string& type, const std::string& name, std::int64_t step,
                      const Shape& input, const Shape& output, std::optional<double> duration_ns) {
  LayerEvent event = call(EventKind::Layer, type, name, step, input, output, duration_ns);
  if (id >= 0) event.id = id;
  event.weight_shape = Shape({8, 2});
  return event;
}

LayerEvent function_call(const std::string& type, const std::string& name, std::int64_t step, const Shape& input,
                         const Shape& output, std::optional<double> duration_ns) {
  return call(EventKind::Function, type, name, step, input, output, duration_ns);
}

bool ListSource::next(LayerEvent& event) {
  if (at_ == events_.size()) return false;
  event = events_[at_++];
  return true;
}

std::vector<LayerEvent> sample_calls() {
  std::vector<LayerEvent> events{layer_call(1, "Linear", "0", 0, {4, 8}, {4, 2}, 3000),
                                 layer_call(0, "ReLU", "act", 0, {4, 2}, {4, 2}, 500),
                                 function_call("softmax", "probs", 0, {4, 2}, {4, 2}, 500),
                                 layer_call(1, "Linear", "0", 1, {1, 8}, {1, 2}, 1000),
                                 function_call("softmax", "probs", 1, {1, 2}, {1, 2}, 250),
                                 function_call("matmul", "scores", 1, {2, 8}, {2, 8}, 2500),
                                 layer_call(1, "Linear", "0", 2, {1, 8}, {1, 2}, 2000),
                                 function_call("softmax", "probs", 2, {1, 2}, {1, 2}, 250)};
  double start_ns = 0;
  for (LayerEvent& event : events) {
    if (event.id == 1) event.path = Name("body.0");
    event.start_ns = start_ns;
    start_ns += 5000;
  }
  return events;
}

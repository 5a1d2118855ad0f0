#include "profiler/recorder.hpp"

#include <stdexcept>

#include "profile/reached_place.hpp"
#include "profiler/event_shape.hpp"
#include "profiler/recorder_state.hpp"

namespace upmem_des::profiler {

namespace {

thread_local Recorder* current_recorder = nullptr;

}  // namespace

Recorder::Recorder(Functions functions) : state_(std::make_unique<State>(functions)) {
  if (current_recorder != nullptr) throw std::logic_error("a second recorder in a thread");
  current_recorder = this;
  reached_place().begin_network();
}

Recorder::~Recorder() {
  current_recorder = nullptr;
}

void Recorder::set_step(std::int64_t step) {
  state_->set_step(step);
}

void Recorder::record(bool on) {
  state_->record(on);
}

void Recorder::set_owner(OperatorOwner owner) {
  state_->set_owner(std::move(owner));
}

void Recorder::set_parameters(ParameterTable* parameters) {
  state_->set_parameters(parameters);
}

std::vector<LayerEvent> Recorder::take() {
  return state_->take();
}

Recorder* Recorder::current() {
  return current_recorder;
}

LayerCall::LayerCall(const LayerInfo& layer, c10::IntArrayRef input_sizes) {
  Recorder* const recorder = Recorder::current();
  if (recorder != nullptr && recorder->state_->begin_layer(layer, event_shape(input_sizes)))
    state_ = recorder->state_.get();
}

LayerCall::LayerCall(const LayerInfo& layer, c10::IntArrayRef input_sizes, Values reads) {
  Recorder* const recorder = Recorder::current();
  if (recorder == nullptr) return;
  Recorder::State& state = *recorder->state_;
  state.read(reads);
  if (state.begin_layer(layer, event_shape(input_sizes))) state_ = &state;
}

LayerCall::~LayerCall() {
  if (state_ != nullptr) state_->drop();
}

LayerEvent* LayerCall::done(c10::IntArrayRef output_sizes, Values results) {
  if (state_ == nullptr) return nullptr;
  Recorder::State* const state = std::exchange(state_, nullptr);
  LayerEvent* const event = state->end(event_shape(output_sizes));
  if (event != nullptr) state->wrote(results);
  return event;
}

FunctionCall::FunctionCall(Name type, Name name, c10::IntArrayRef input_sizes) {
  Recorder* const recorder = Recorder::current();
  if (recorder != nullptr && recorder->state_->begin_function(type, name, event_shape(input_sizes)))
    state_ = recorder->state_.get();
}

FunctionCall::~FunctionCall() {
  if (state_ != nullptr) state_->drop();
}

LayerEvent* FunctionCall::done(c10::IntArrayRef output_sizes, std::optional<bool> causal) {
  if (state_ == nullptr) return nullptr;
  Recorder::State* const state = std::exchange(state_, nullptr);
  LayerEvent* const event = state->end(event_shape(output_sizes));
  if (event != nullptr) event->causal = causal;
  return event;
}

}  // namespace upmem_des::profiler

#include "upmem_des/profiler/profiler.hpp"

#include <utility>

#include "profiler/module_layers.hpp"
#include "profiler/pass_order.hpp"
#include "profiler/recorder.hpp"
#include "trace/last_layer.hpp"
#include "upmem_des/util/error.hpp"

namespace upmem_des {

using namespace profiler;

namespace {

/// The layers of the network that the thread's profiler is started on.
thread_local ModuleLayers* current_layers = nullptr;

NumberFormat data_type_of(const torch::nn::Module& network) {
  for (const at::Tensor& parameter : network.parameters()) {
    if (parameter.scalar_type() == at::kBFloat16) return NumberFormat::bfloat16;
    if (parameter.scalar_type() == at::kHalf) return NumberFormat::float16;
    if (parameter.is_floating_point()) break;
  }
  return NumberFormat::float32;
}

}  // namespace

struct Profiler::State {
  State(const torch::nn::Module& network, Options chosen)
      : options(std::move(chosen)),
        last_layer(options.last_layer),
        layers(network),
        recorder(Recorder::Functions::All) {}

  /// Events since the last call, of the pass that has ended or is going on.
  void collect() {
    std::vector<LayerEvent> events = recorder.take();
    layers.complete(events);
    for (LayerEvent& event : events) {
      event.step = step;
      event.phase = step == 0 ? Phase::Prefill : Phase::Decode;
      order.fill(event);
      const bool is_layer = event.kind == EventKind::Layer;
      const bool ends_pass = is_layer && event.name == last_layer;
      trace.events.push_back(std::move(event));
      // Functions after the last layer belong to the next pass, but do not begin it.
      if (is_layer) after_last_layer = ends_pass;
      pass_began = !after_last_layer;
      if (ends_pass) ++step;
    }
  }

  void next_pass() {
    collect();
    if (pass_began) ++step;
    pass_began = after_last_layer = false;
    layers.begin_pass();
  }

  Options options;
  Name last_layer;
  std::int64_t step = 0;
  bool pass_began = false;
  bool after_last_layer = false;
  ModuleLayers layers;
  Recorder recorder;
  PassOrder order;
  RecordedTrace trace;
};

Profiler::Profiler() = default;

Profiler::~Profiler() {
  if (state_) current_layers = nullptr;
}

void Profiler::start(const torch::nn::Module& network, Options options) {
  if (state_ || current_layers != nullptr)
    throw InputError("Profiler::start(): a profiler is started already in this thread; expected end() before");
  if (options.batch < 1)
    throw InputError("Profiler::start(): batch " + std::to_string(options.batch) + "; expected 1 or more");
  state_ = std::make_unique<State>(network, std::move(options));
  TraceHeader& header = state_->trace.header;
  header.model = state_->options.model.empty() ? network.name() : state_->options.model;
  header.source = state_->options.source.empty() ? "profiled" : state_->options.source;
  header.dtype = data_type_of(network);
  header.batch = state_->options.batch;
  current_layers = &state_->layers;
  State* const state = state_.get();
  state->recorder.set_owner([state](const OperatorInfo& info, c10::ArrayRef<const c10::IValue> arguments) {
    const Recorder::Owner owner = state->layers.owner(info, arguments);
    if (owner.layer != nullptr && !owner.prepares && owner.layer->name == state->last_layer) state->layers.begin_pass();
    return owner;
  });
  state->recorder.set_parameters(&state->layers.parameters());
  state->recorder.record(true);
}

void Profiler::next_pass() {
  if (!state_) throw InputError("Profiler::next_pass(): no profiler is started; expected start() before");
  state_->next_pass();
}

RecordedTrace Profiler::end() {
  if (!state_) throw InputError("Profiler::end(): no profiler is started; expected start() before");
  state_->recorder.record(false);
  state_->collect();
  current_layers = nullptr;
  const std::unique_ptr<State> state = std::move(state_);
  if (state->trace.events.empty())
    throw InputError(
        "Profiler::end(): nothing was recorded; expected the network to be called in the thread that "
        "called start()");
  state->trace.header.last_layer = last_layer_in(state->trace.events);
  return std::move(state->trace);
}

ModuleCall::ModuleCall(const torch::nn::Module& module, const torch::Tensor& input) {
  if (current_layers == nullptr) return;
  const c10::IValue reads = input;
  if (const LayerInfo* layer = current_layers->of(module))
    call_ = std::make_unique<LayerCall>(*layer, input.sizes(), reads);
}

ModuleCall::~ModuleCall() = default;

torch::Tensor ModuleCall::done(torch::Tensor output) {
  const c10::IValue result = output;
  if (call_) call_->done(output.sizes(), result);
  return output;
}

}  // namespace upmem_des

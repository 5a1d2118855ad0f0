#include "profiler/recorder_state.hpp"

#include <algorithm>
#include <exception>

#include "profile/reached_place.hpp"
#include "profiler/event_shape.hpp"

namespace upmem_des::profiler {

namespace {

constexpr std::size_t piece_size = 512;

std::unique_ptr<at::ObserverContext> operator_begins(const at::RecordFunction& call) {
  if (const Recorder* const recorder = Recorder::current()) Recorder::State::of(*recorder).begin_operator(call);
  return nullptr;
}

void operator_ends(const at::RecordFunction& call, at::ObserverContext* /*context*/) {
  if (const Recorder* const recorder = Recorder::current()) Recorder::State::of(*recorder).end_operator(call);
}

double nanoseconds(std::chrono::steady_clock::duration duration) {
  return std::chrono::duration<double, std::nano>(duration).count();
}

}  // namespace

void Recorder::State::record(bool on) {
  drop();
  recording_ = on;
  if (callback_ != at::INVALID_CALLBACK_HANDLE) at::removeCallback(callback_);
  callback_ = at::INVALID_CALLBACK_HANDLE;
  if (on && functions_ == Functions::All)
    callback_ = at::addThreadLocalCallback(at::RecordFunctionCallback(operator_begins, operator_ends)
                                               .needsInputs(true)
                                               .needsOutputs(true)
                                               .scopes({at::RecordScope::FUNCTION}));
}

std::vector<LayerEvent> Recorder::State::take() {
  std::vector<LayerEvent> events;
  std::size_t count = 0;
  for (const auto& piece : pieces_) count += piece.size();
  events.reserve(count);
  const bool keep_last = open_ && recording_;
  for (auto& piece : pieces_)
    for (LayerEvent& event : piece) events.push_back(std::move(event));
  if (keep_last) {
    pieces_.erase(pieces_.begin(), pieces_.end() - 1);
    pieces_.back().erase(pieces_.back().begin(), pieces_.back().end() - 1);
    pieces_.back().back() = std::move(events.back());
    events.pop_back();
  } else {
    pieces_.clear();
  }
  for (LayerEvent& event : events) {
    event.seq = next_seq_++;
    normalise_event(event);
  }
  return events;
}

LayerEvent& Recorder::State::new_event() {
  if (pieces_.empty() || pieces_.back().size() == piece_size) {
    pieces_.emplace_back();
    pieces_.back().reserve(piece_size);
  }
  LayerEvent& event = pieces_.back().emplace_back();
  event.step = step_;
  event.phase = step_ == 0 ? Phase::Prefill : Phase::Decode;
  return event;
}

void Recorder::State::open(LayerEvent& event, const Shape& input) {
  event.input_shape = input;
  open_ = true;
  if (functions_ == Functions::All) no_operators_.emplace();
  start_ = Clock::now();
}

bool Recorder::State::begin_layer(const LayerInfo& layer, const Shape& input) {
  if (open_) return false;
  place_ = {layer.path, layer.type, true};
  reached_place().begin_layer(layer.path.str(), layer.type.str());
  if (!recording_) {
    open_ = true;
    return true;
  }
  LayerEvent& event = new_event();
  event.type = layer.type;
  event.name = layer.name;
  event.path = layer.path;
  event.id = layer.id;
  event.weight_shape = layer.weight;
  event.stride = layer.stride;
  event.padding = layer.padding;
  open(event, input);
  return true;
}

bool Recorder::State::reopen_layer(const LayerInfo& layer) {
  if (pieces_.empty() || pieces_.back().back().id != layer.id) return false;
  place_.inside = true;
  reached_place().begin_layer(layer.path.str(), layer.type.str());
  open_ = true;
  no_operators_.emplace();
  return true;
}

LayerEvent* Recorder::State::end_layer(const Shape& output, Clock::time_point now) {
  LayerEvent* const event = end(output, now);
  place_.inside = false;
  return event;
}

bool Recorder::State::begin_function(Name type, Name name, const Shape& input) {
  if (open_ || !recording_) return false;
  LayerEvent& event = new_event();
  reached_place().begin_function(type.str());
  event.kind = EventKind::Function;
  event.type = type;
  event.name = name;
  open(event, input);
  return true;
}

LayerEvent* Recorder::State::end(const Shape& output, Clock::time_point now) {
  if (!open_) return nullptr;  // record() has been called inside
  open_ = false;
  reached_place().end_call();
  if (!recording_) return nullptr;
  if (!any_) first_ = start_;
  any_ = true;
  LayerEvent& event = pieces_.back().back();
  event.output_shape = output;
  event.start_ns = nanoseconds(start_ - first_);
  event.duration_ns = nanoseconds(now - start_);
  no_operators_.reset();
  return &event;
}

void Recorder::State::drop() {
  if (!open_) return;
  open_ = false;
  operator_ = nullptr;
  if (!recording_) return;
  pieces_.back().pop_back();
  if (pieces_.back().empty()) pieces_.pop_back();
  no_operators_.reset();
}

void Recorder::State::remember_inputs(c10::ArrayRef<const c10::IValue> arguments) {
  input_storages_.clear();
  const auto remember = [this](const c10::IValue& value) {
    if (value.isTensor() && value.toTensor().defined() && value.toTensor().has_storage())
      input_storages_.push_back(value.toTensor().storage().unsafeGetStorageImpl());
  };
  for (const c10::IValue& value : arguments)
    if (value.isTensorList())
      for (const c10::IValue& element : value.toListRef()) remember(element);
    else
      remember(value);
}

bool Recorder::State::is_view_of_input(const c10::IValue& result) const {
  if (result.isTensorList()) {
    const auto& elements = result.toListRef();
    return std::all_of(elements.begin(), elements.end(),
                       [this](const auto& element) { return is_view_of_input(element); });
  }
  if (!result.isTensor()) return false;
  const at::Tensor& tensor = result.toTensor();
  return tensor.defined() && tensor.has_storage() &&
         std::find(input_storages_.begin(), input_storages_.end(), tensor.storage().unsafeGetStorageImpl()) !=
             input_storages_.end();
}

namespace {

/// A call that TorchScript makes shows the whole stack; the operator's own values are the last ones.
c10::ArrayRef<const c10::IValue> last(c10::ArrayRef<const c10::IValue> values, std::size_t count) {
  return count >= values.size() ? values : values.slice(values.size() - count);
}

Shape first_shape(c10::ArrayRef<const c10::IValue> values) {
  for (const c10::IValue& value : values)
    if (const auto tensor = first_tensor(value)) return event_shape(*tensor);
  return {1};
}

}  // namespace

void Recorder::State::begin_operator(const at::RecordFunction& call) {
  if (open_ || !recording_) return;
  const OperatorInfo& info = operators_.find(call);
  const c10::ArrayRef<const c10::IValue> arguments = last(call.inputs(), info.arguments);
  const Owner owner = owner_ ? owner_(info.type, arguments) : Owner();
  if (owner.layer == nullptr && info.free) return;
  operator_ = &call;
  operator_info_ = &info;
  owned_ = owner.layer != nullptr;
  exceptions_ = std::uncaught_exceptions();
  if (owner.layer != nullptr) {
    if (!owner.continues || !reopen_layer(*owner.layer))
      begin_layer(*owner.layer, owner.input.empty() ? first_shape(arguments) : owner.input);
    return;
  }
  if (info.may_be_view) remember_inputs(arguments);
  const bool shows_all = arguments.size() == info.arguments;
  const bool attention = info.is_attention && shows_all;
  begin_function(info.type, info.type, first_shape(attention ? arguments.slice(info.key, 1) : arguments));
  if (attention && arguments[info.mask].isNone() && arguments[info.is_causal].isBool() &&
      !arguments[info.is_causal].toBool())
    pieces_.back().back().causal = false;
}

bool Recorder::State::did_no_work(const at::RecordFunction& call) const {
  if (owned_ || !operator_info_->may_be_view) return false;
  const c10::ArrayRef<const c10::IValue> results =
      last(c10::ArrayRef<const c10::IValue>(call.outputs().data(), call.outputs().size()), operator_info_->returns);
  return !results.empty() &&
         std::all_of(results.begin(), results.end(), [this](const auto& result) { return is_view_of_input(result); });
}

void Recorder::State::end_operator(const at::RecordFunction& call) {
  if (operator_ != &call) return;
  operator_ = nullptr;
  if (std::uncaught_exceptions() > exceptions_) {
    drop();
    return;
  }
  const Clock::time_point now = Clock::now();
  if (did_no_work(call)) {
    reached_place().end_call();
    drop();
    return;
  }
  const Shape output = first_shape(
      last(c10::ArrayRef<const c10::IValue>(call.outputs().data(), call.outputs().size()), operator_info_->returns));
  if (owned_)
    end_layer(output, now);
  else
    end(output, now);
}

}  // namespace upmem_des::profiler

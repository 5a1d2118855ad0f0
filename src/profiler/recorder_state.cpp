#include "profiler/recorder_state.hpp"

#include <algorithm>
#include <utility>

#include "profile/reached_place.hpp"
#include "profiler/event_shape.hpp"

namespace upmem_des::profiler {

namespace {

constexpr std::size_t events_in_piece = 512;

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
  prepared_ = nullptr;
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
  for (LayerEvent& event : events) normalise_event(event);
  return events;
}

LayerEvent& Recorder::State::new_event() {
  if (pieces_.empty() || pieces_.back().size() == events_in_piece) {
    pieces_.emplace_back();
    pieces_.back().reserve(events_in_piece);
  }
  LayerEvent& event = pieces_.back().emplace_back();
  event.seq = next_seq_++;
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
  event.operation = layer.operation;
  open(event, input);
  return true;
}

bool Recorder::State::reopen_layer(const LayerInfo& layer) {
  if (pieces_.empty() || pieces_.back().back().id != layer.id) return false;
  reached_place().begin_layer(layer.path.str(), layer.type.str());
  open_ = true;
  no_operators_.emplace();
  return true;
}

void Recorder::State::begin_where_prepared(const LayerInfo& layer) {
  if (prepared_ == &layer) start_ = prepared_at_;
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
  prepared_ = nullptr;
  LayerEvent& event = pieces_.back().back();
  event.output_shape = output;
  event.start_ns = nanoseconds(start_ - first_);
  event.duration_ns = nanoseconds(now - start_);
  fill_deps(event);
  no_operators_.reset();
  return &event;
}

void Recorder::State::fill_deps(LayerEvent& event) {
  if (!follows()) return;
  if (!std::exchange(knows_reads_, false)) {
    writers_.wait_for(event.seq);
    return;
  }
  if (!writers_.knows_all()) return;
  std::vector<std::int64_t>& deps = event.deps;
  const bool is_continued = !deps.empty();
  const StorageWriters::Seqs& reads = writers_.reads();
  deps.insert(deps.end(), reads.begin(), reads.end());
  if (is_continued) std::sort(deps.begin(), deps.end());
  deps.erase(std::unique(deps.begin(), deps.end()), deps.end());
  deps.erase(std::remove(deps.begin(), deps.end(), event.seq), deps.end());
  event.waits_for_nothing = deps.empty() && event.seq > 0;
}

void Recorder::State::drop() {
  if (!open_) return;
  open_ = false;
  operator_ = nullptr;
  if (!recording_) return;
  pieces_.back().pop_back();
  --next_seq_;
  knows_reads_ = false;
  if (pieces_.back().empty()) pieces_.pop_back();
  no_operators_.reset();
}

}  // namespace upmem_des::profiler

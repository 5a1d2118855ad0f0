/// The recorder's inside: events as they come, and libtorch's callbacks. Internal to the room.
#pragma once

#include <ATen/record_function.h>

#include <chrono>
#include <cstddef>
#include <optional>
#include <vector>

#include "profiler/function_call.hpp"
#include "profiler/fused_call.hpp"
#include "profiler/recorded_operators.hpp"
#include "profiler/recorder.hpp"
#include "profiler/storage_writers.hpp"

namespace upmem_des::profiler {

class Recorder::State {
 public:
  using Clock = std::chrono::steady_clock;

  static State& of(const Recorder& recorder) { return *recorder.state_; }

  explicit State(Functions functions) : functions_(functions) {}
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() { record(false); }

  void record(bool on);
  void set_step(std::int64_t step) { step_ = step; }
  void set_owner(OperatorOwner owner) { owner_ = std::move(owner); }
  std::vector<LayerEvent> take();
  void set_parameters(ParameterTable* parameters) { parameters_ = parameters; }

  /// What the call reads that is begun next.
  template <typename Values>
  void read(const Values& values) {
    if (open_ || !follows()) return;
    writers_.begin();
    for (const c10::IValue& value : values) writers_.read(value);
    knows_reads_ = true;
  }
  /// What the last event has written.
  template <typename Values>
  void wrote(const Values& values) {
    if (!follows()) return;
    const std::int64_t seq = pieces_.back().back().seq;
    for (const c10::IValue& value : values) writers_.write(value, seq);
  }

  /// False inside another call: nothing is begun then. Otherwise end() or drop() has to follow.
  bool begin_layer(const LayerInfo& layer, const Shape& input);
  /// Goes on with the call of the last event, which began at start_. False where that is another layer's.
  bool reopen_layer(const LayerInfo& layer);

  /// The open call began when the parameter of its layer was looked at just before.
  void begin_where_prepared(const LayerInfo& layer);

  /// False where nothing is recorded now.
  bool begin_function(Name type, Name name, const Shape& input);
  LayerEvent* end(const Shape& output, Clock::time_point now = Clock::now());

  /// Forgets the open call. The place stays: it is where an exception came from.
  void drop();

  void begin_operator(const at::RecordFunction& call);
  void end_operator(const at::RecordFunction& call);

 private:
  bool follows() const { return recording_ && functions_ == Functions::All; }
  void open(LayerEvent& event, const Shape& input);
  void fill_deps(LayerEvent& event);
  void begin_function(const FunctionFacts& facts);
  void take_apart();
  LayerEvent& new_event();
  void look_at_inputs(c10::ArrayRef<const c10::IValue> arguments);
  bool is_view_of_input(const c10::IValue& result) const;
  bool are_views_of_inputs(c10::ArrayRef<const c10::IValue> results) const;

  Functions functions_;
  OperatorOwner owner_;
  bool recording_ = false;
  bool open_ = false;  ///< the last event is of a call that has not ended, or, while paused, a layer is being called
  std::int64_t step_ = 0;
  std::int64_t next_seq_ = 0;            ///< of the next event that begins
  Clock::time_point first_;              ///< where the first event began
  bool any_ = false;                     ///< first_ is set
  Clock::time_point start_;              ///< where the open call began, or the last one
  const LayerInfo* prepared_ = nullptr;  ///< a parameter of it has been looked at, and nothing has been called since
  Clock::time_point prepared_at_;

  /// In pieces that are never moved and never empty: growing must not cost time while a network runs.
  std::vector<std::vector<LayerEvent>> pieces_;

  /// While a call is open operators are not looked at, which would cost more than some of them take.
  std::optional<at::DisableRecordFunctionGuard> no_operators_;
  at::CallbackHandle callback_ = at::INVALID_CALLBACK_HANDLE;
  RecordedOperators operators_;
  const at::RecordFunction* operator_ = nullptr;  ///< that the open call is of
  const OperatorInfo* operator_info_ = nullptr;
  bool owned_ = false;  ///< the operator is the call of a layer
  int exceptions_ = 0;  ///< in flight when the operator began
  std::vector<const void*> input_storages_;
  bool is_of_sizes_ = false;  ///< all tensors that the operator reads are one whole number
  FunctionFacts facts_;       ///< of the open operator
  std::vector<Piece> parts_;  ///< that it is made of

  ParameterTable* parameters_ = nullptr;
  StorageWriters writers_;
  bool knows_reads_ = false;  ///< has read() been called for the open call?
};

}  // namespace upmem_des::profiler

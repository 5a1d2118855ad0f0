/// Layer and function events as libtorch makes them.
#pragma once

#include <torch/torch.h>

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "upmem_des/operation/operation.hpp"
#include "upmem_des/trace/layer_event.hpp"

namespace upmem_des::profiler {

class ParameterTable;
struct OperatorInfo;

/// What is known of a leaf layer before it is called.
struct LayerInfo {
  Name type;            ///< "Linear"
  Name name;            ///< last part of the path
  Name path;            ///< "model.layers.0.self_attn.q_proj"
  std::int64_t id = 0;  ///< in creation order
  Shape weight;         ///< as traces record it, see docs/traces.md; [1, 1] where there is nothing to tell
  std::optional<std::array<std::int64_t, 2>> stride;   ///< Conv2d
  std::optional<std::array<std::int64_t, 2>> padding;  ///< Conv2d
  const Operation* operation = nullptr;                ///< what type and name do not tell; null: they tell all
};

/// Collects the events of the thread that made it: LayerCalls, FunctionCalls and, with Functions::All, every operator
/// that libtorch runs outside them, as a function event by the operator's name. One at a time in a thread; what other
/// threads run is not seen.
///
/// Calls do not overlap: what is called inside a call, operators, functions or layers, is part of it and no event of
/// its own. reached_place() is told of them; while paused, of layers only. Operators' names lose "aten::" and the "_"
/// of those that work in place (`add_`), those of other domains are kept whole ("my_ops::scale");
/// `_scaled_dot_product_attention` of libtorch 1.13 is recorded under its later, public name, with the key as input. An
/// operator's shapes are those of its first tensors. Not recorded are operators that do no work on tensors: those of
/// "aten" whose results share the storage of their inputs (view, transpose, expand, but also `contiguous`, `to` or
/// `dropout` where they have nothing to do), those that only allocate (`empty`) and those that only read a size or one
/// number (`item`), nor arithmetic with sizes, which traced networks do with tensors that are one whole number. What
/// else an operator's arguments tell is as function_facts() has it; operators that are whole blocks of a network are
/// taken apart, see pieces_of(). An operator that did not end, because of an exception, leaves no event.
///
/// With Functions::All events have `deps`: those that wrote what they read, or have read a number of a tensor that the
/// program has looked at. A reader of a tensor that is then written in place is not waited for.
class Recorder {
 public:
  enum class Functions {
    All,    ///< operators outside layers are events
    Named,  ///< only LayerCalls and FunctionCalls are
  };

  /// Throws std::logic_error where the thread has a recorder.
  explicit Recorder(Functions functions);
  Recorder(const Recorder&) = delete;
  Recorder& operator=(const Recorder&) = delete;
  ~Recorder();

  /// From here on events count to this pass; step 0 is prefill, later ones decode.
  void set_step(std::int64_t step);

  /// Without recording (warm-up) calls cost next to nothing. A recorder starts paused. Calls that are open, because an
  /// exception passed them, are forgotten.
  void record(bool on);

  /// The layer that an operator is a call of.
  struct Owner {
    const LayerInfo* layer = nullptr;  ///< null: none, the operator is a function
    bool prepares = false;             ///< only looks at a parameter of the layer, whose call begins with that if it
                                       ///< comes next; the operator itself is a function
    Shape input;                       ///< of the call; empty: that of the first argument
    bool continues = false;            ///< the operator is a further part of the call that the last event is of
  };

  /// With Functions::All: asked when an operator begins outside every call, with its arguments; the time that it takes
  /// is none of the operator's. It must not throw, and layers must outlive the recorder.
  using OperatorOwner = std::function<Owner(const OperatorInfo& info, c10::ArrayRef<const c10::IValue> arguments)>;
  void set_owner(OperatorOwner owner);

  /// Parameters that functions may read; null: none. They must outlive the recorder.
  void set_parameters(ParameterTable* parameters);

  /// The events since the last take() that have ended, in the order in which they began, `seq` counting on from there.
  /// All are as normalise_event() leaves them.
  std::vector<LayerEvent> take();

  /// The thread's recorder; null where there is none.
  static Recorder* current();

  class State;

 private:
  friend class LayerCall;
  friend class FunctionCall;
  std::unique_ptr<State> state_;
};

/// A call of a leaf layer, from construction to done(). Without a recorder, or inside another call, it does nothing.
/// A call that is not done() (an exception passed) leaves no event. The recorder must outlive it.
class LayerCall {
 public:
  using Values = c10::ArrayRef<c10::IValue>;

  /// All later events wait for one of which nobody says what it reads.
  LayerCall(const LayerInfo& layer, c10::IntArrayRef input_sizes);
  /// `reads`: all that the call is given.
  LayerCall(const LayerInfo& layer, c10::IntArrayRef input_sizes, Values reads);
  LayerCall(const LayerCall&) = delete;
  LayerCall& operator=(const LayerCall&) = delete;
  ~LayerCall();

  /// Ends the call now and gives its event, valid until the next call or take(): what is set there (experts, …) is
  /// kept. Null where nothing is recorded.
  LayerEvent* done(c10::IntArrayRef output_sizes, Values results = {});

 private:
  Recorder::State* state_ = nullptr;
};

/// A call of a function that has a name in the network ("attn_weights"), from construction to done(). Like LayerCall.
class FunctionCall {
 public:
  FunctionCall(Name type, Name name, c10::IntArrayRef input_sizes);
  FunctionCall(const FunctionCall&) = delete;
  FunctionCall& operator=(const FunctionCall&) = delete;
  ~FunctionCall();

  /// `causal` false for attention whose rows see later ones too.
  LayerEvent* done(c10::IntArrayRef output_sizes, std::optional<bool> causal = std::nullopt);

 private:
  Recorder::State* state_ = nullptr;
};

}  // namespace upmem_des::profiler

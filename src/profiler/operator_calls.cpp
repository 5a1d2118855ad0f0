/// Operators that libtorch runs, as the recorder sees them.
#include <algorithm>
#include <exception>

#include "profile/reached_place.hpp"
#include "profiler/event_shape.hpp"
#include "profiler/recorder_state.hpp"

namespace upmem_des::profiler {

namespace {

using Values = c10::ArrayRef<const c10::IValue>;

/// A call that TorchScript makes shows the whole stack; the operator's own values are the last ones.
Values last_values(Values values, std::size_t count) {
  return count >= values.size() ? values : values.slice(values.size() - count);
}

/// Calls use(tensor) for each tensor in values and in lists of them.
template <typename Use>
void for_each_tensor(Values values, const Use& use) {
  const auto look_at = [&use](const c10::IValue& value) {
    if (value.isTensor() && value.toTensor().defined()) use(value.toTensor());
  };
  for (const c10::IValue& value : values)
    if (value.isTensorList())
      for (const c10::IValue& element : value.toListRef()) look_at(element);
    else
      look_at(value);
}

bool is_whole_number(const at::Tensor& tensor) {
  return tensor.dim() == 0 && at::isIntegralType(tensor.scalar_type(), /*includeBool=*/true);
}

bool has_tensors(Values values) {
  return std::any_of(values.begin(), values.end(), [](const auto& value) { return first_tensor(value).has_value(); });
}

bool has_storage(const c10::IValue& value) {
  return value.isTensor() && value.toTensor().defined() && value.toTensor().has_storage();
}

bool are_whole_numbers(Values values) {
  bool all = true;
  for_each_tensor(values, [&all](const at::Tensor& tensor) { all = all && is_whole_number(tensor); });
  return all && has_tensors(values);
}

}  // namespace

void Recorder::State::look_at_inputs(Values arguments) {
  input_storages_.clear();
  is_of_sizes_ = true;
  for_each_tensor(arguments, [this](const at::Tensor& tensor) {
    if (tensor.has_storage()) input_storages_.push_back(tensor.storage().unsafeGetStorageImpl());
    is_of_sizes_ = is_of_sizes_ && is_whole_number(tensor);
  });
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

bool Recorder::State::are_views_of_inputs(Values results) const {
  return operator_info_->may_be_view && !results.empty() &&
         std::all_of(results.begin(), results.end(), [this](const auto& result) { return is_view_of_input(result); });
}

void Recorder::State::begin_operator(const at::RecordFunction& call) {
  if (open_ || !recording_) return;
  const OperatorInfo& info = operators_.find(call);
  const Values arguments = last_values(call.inputs(), info.arguments);
  const Owner owner = owner_ ? owner_(info, arguments) : Owner();
  if (owner.prepares && prepared_ != owner.layer) {
    prepared_ = owner.layer;
    prepared_at_ = Clock::now();
  }
  // A tensor without storage has no views, but copies.
  if (info.never_copies && !arguments.empty() && has_storage(arguments[0])) return;
  if (owner.layer == nullptr && info.free) {
    if (!info.reads_number) return;
    read(arguments);
    writers_.wait_for_reads();
    knows_reads_ = false;  // what was read was this operator's, not the next call's
    return;
  }
  operator_ = &call;
  operator_info_ = &info;
  owned_ = owner.layer != nullptr && !owner.prepares;
  exceptions_ = std::uncaught_exceptions();
  read(arguments);
  if (owned_) {
    if (owner.continues && reopen_layer(*owner.layer)) return;
    begin_layer(*owner.layer, owner.input.empty() ? shape_of_first(arguments) : owner.input);
    begin_where_prepared(*owner.layer);
    return;
  }
  if (info.may_be_view) look_at_inputs(arguments);
  {
    const at::DisableRecordFunctionGuard no_operators;  // a mask is looked at with operators
    facts_ = function_facts(info, arguments, parameters_);
    parts_ = pieces_of(info, arguments, parameters_);
  }
  begin_function(facts_);
}

void Recorder::State::begin_function(const FunctionFacts& facts) {
  begin_function(facts.type, facts.type, facts.input);
  LayerEvent& event = pieces_.back().back();
  event.operation = facts.operation;
  event.path = facts.path;
  event.causal = facts.causal;
}

void Recorder::State::end_operator(const at::RecordFunction& call) {
  if (operator_ != &call) return;
  operator_ = nullptr;
  if (std::uncaught_exceptions() > exceptions_) {
    drop();
    return;
  }
  const Clock::time_point now = Clock::now();
  const Values results = last_values(Values(call.outputs().data(), call.outputs().size()), operator_info_->returns);
  if (owned_) {
    end(shape_of_first(results), now);
  } else if (are_views_of_inputs(results)) {
    reached_place().end_call();
    drop();
    return;
  } else if (operator_info_->may_be_view && is_of_sizes_ && are_whole_numbers(results)) {
    for (const c10::IValue& result : results) writers_.pass_on(result);
    reached_place().end_call();
    drop();
    return;
  } else {
    end(facts_.output ? *facts_.output : shape_of_first(results), now);
    if (!parts_.empty()) take_apart();
  }
  if (!recording_) return;
  wrote(results);
  // Whoever called it has its result, a number, and goes on by that.
  if (!has_tensors(results)) writers_.wait_for(pieces_.back().back().seq);
}

/// The call's time is shared by what its pieces compute.
void Recorder::State::take_apart() {
  const LayerEvent whole = pieces_.back().back();
  double work = 0;
  for (const Piece& part : parts_) work += part.work;
  double start_ns = *whole.start_ns;
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    const Piece& part = parts_[i];
    LayerEvent& event = i == 0 ? pieces_.back().back() : new_event();
    event.kind = EventKind::Function;
    event.type = event.name = part.type;
    event.operation = part.operation;
    event.path = part.path;
    event.causal = part.causal;
    event.input_shape = part.input;
    event.output_shape = part.output;
    event.start_ns = start_ns;
    event.duration_ns = *whole.duration_ns * part.work / work;
    start_ns += *event.duration_ns;
    if (i == 0) continue;
    for (const std::size_t read : part.reads) event.deps.push_back(whole.seq + static_cast<std::int64_t>(read));
    if (part.reads_inputs) event.deps.insert(event.deps.begin(), whole.deps.begin(), whole.deps.end());
    event.waits_for_nothing = event.deps.empty() && (whole.waits_for_nothing || whole.seq == 0);
  }
}

}  // namespace upmem_des::profiler

#include "service/step_form.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "upmem_des/trace/recognise.hpp"
#include "upmem_des/util/error.hpp"

namespace upmem_des {

namespace {

constexpr double rounding = 1e-12;

bool is_same(double a, double b, double scale) {
  return std::abs(a - b) <= rounding * std::abs(scale);
}

/// Fused attention's keys are those of all rows of all sequences.
void set_rows(LayerEvent& call, std::int64_t rows) {
  const auto* attention = as<operation::Attention>(operation_of(call));
  if (attention != nullptr && !attention->is_cross && call.input_shape.rank() >= 2)
    call.input_shape[call.input_shape.rank() - 2] = rows;
}

Step longer(Step step, double times) {
  step.overhead_s *= times;
  for (Work* work : {&step.compute, &step.memory, &step.kv}) {
    work->time_s *= times;
    work->energy_J *= times;
  }
  return step;
}

/// A demand that takes so many times as long, at the same power.
Demand longer(const Demand& demand, double times) {
  if (times == 0 || demand.size() == 0) return Demand();
  const Step first = longer(demand[0], times);
  return demand.size() == 1 ? Demand(first) : Demand(first, longer(demand[1], times));
}

}  // namespace

StepForm::StepForm(const StepCalls& calls, std::shared_ptr<const StepPlan> plan,
                   std::shared_ptr<const StepDemands> demands, const PlatformSpec& platform, StepMeter& meter,
                   QueueOrder order)
    : calls_(calls),
      plan_(std::move(plan)),
      demands_(std::move(demands)),
      platform_(platform),
      meter_(meter),
      order_(order) {
  find_calls();
  now_ = plan_->demands;
  find_pieces();
  if (!calls_.parts.empty()) return;
  find_times();
  check_stages();
  find_whether_serial();
}

void StepForm::find_calls() {
  looking_.clear();
  is_looking_.clear();
  for (std::size_t i = 0; i < calls_.calls.size(); ++i) {
    is_looking_.push_back(calls_.calls[i].slices != nullptr);
    if (is_looking_.back()) looking_.push_back(i);
  }
  rows_ = sequences_ = sampled_ = 0;
  if (looking_.empty()) return;
  for (const Slice& slice : *calls_.calls[looking_.front()].slices) {
    rows_ += slice.sequences * slice.new_rows;
    sequences_ += slice.sequences;
    sampled_ += slice.sequences * slice.logit_rows;
  }
}

/// Devices whose spans overlap are of one stage. HOST serves all of them: what it adds up or passes on for one does not
/// keep it from doing so for another.
std::vector<StepForm::Stage> StepForm::stages_of(const std::vector<MeasuredStep::Span>& spans) {
  std::vector<DeviceIndex> working;
  for (DeviceIndex i = 0; i < spans.size(); ++i)
    if (spans[i].works && i != host_device) working.push_back(i);
  if (working.empty() && !spans.empty() && spans[host_device].works) working.push_back(host_device);
  std::sort(working.begin(), working.end(),
            [&](DeviceIndex a, DeviceIndex b) { return spans[a].first_s < spans[b].first_s; });
  std::vector<Stage> stages;
  for (const DeviceIndex device : working) {
    const MeasuredStep::Span& span = spans[device];
    if (stages.empty() || span.first_s >= stages.back().without.last_s)
      stages.push_back({{span.first_s, span.last_s}, {}, {}});
    stages.back().without.last_s = std::max(stages.back().without.last_s, span.last_s);
    stages.back().devices.push_back(device);
  }
  return stages;
}

void StepForm::find_stages(const std::vector<MeasuredStep::Span>& spans) {
  stages_ = stages_of(spans);
  for (Stage& stage : stages_)
    for (const Group& group : groups_) {
      double most = 0;
      for (const DeviceIndex device : stage.devices) {
        double times = 0;
        for (const Use& use : uses_)
          if (use.device == device && group.has(use.slot)) times += use.times;
        most = std::max(most, times);
      }
      stage.times.push_back(most);
    }
}

/// The step waits for attention as often as its stages have it together; where it does not, a stage's end is not known
/// by itself, and all is one stage.
void StepForm::check_stages() {
  if (stages_.size() < 2) return;
  bool are_known = true;
  for (std::size_t g = 0; g < groups_.size(); ++g) {
    double times = 0;
    for (const Stage& stage : stages_) times += stage.times[g];
    are_known = are_known && times == groups_[g].times;
  }
  if (are_known) return;
  Stage all = stages_.front();
  all.times.clear();
  for (const Group& group : groups_) all.times.push_back(group.times);
  for (std::size_t i = 1; i < stages_.size(); ++i) {
    all.without.last_s = std::max(all.without.last_s, stages_[i].without.last_s);
    all.devices.insert(all.devices.end(), stages_[i].devices.begin(), stages_[i].devices.end());
  }
  stages_ = {std::move(all)};
}

/// Which slots attention has, where, and how often. Only of a whole step, whose events are its sites in order, is it
/// told which of them are alike: one in parts is measured as it is.
void StepForm::find_pieces() {
  is_attention_.assign(plan_->demands.size(), false);
  std::map<std::pair<DeviceIndex, std::uint32_t>, double> uses;
  std::map<std::pair<std::uint32_t, double>, std::vector<std::uint32_t>> alike;  // by call and time
  for (std::size_t i = 0; i < plan_->events.size(); ++i) {
    const EventTasks& event = plan_->events[i];
    if (!event.is_event || event.event.slices == nullptr) continue;
    for (const Task& task : event.tasks) {
      // Sums of what several devices have found of one sequence belong to no slice.
      if (task.kind != Task::Kind::Compute || *task.purpose != '\0') continue;
      ++uses[{task.device, task.slot}];
      if (is_attention_[task.slot]) continue;
      is_attention_[task.slot] = true;
      if (calls_.parts.empty())
        alike[{calls_.sequence->sites[i].call, plan_->demands[task.slot].time_s()}].push_back(task.slot);
    }
  }
  for (const auto& [use, times] : uses) uses_.push_back({use.first, use.second, times});
  uses.clear();
  for (const EventTasks& event : plan_->events)
    for (const Task& task : event.tasks) {
      if (task.kind == Task::Kind::Compute && !is_attention_[task.slot]) ++uses[{task.device, task.slot}];
      if (task.kind == Task::Kind::Transfer) transfers_.push_back({task.route, task.bytes, task.latency_s});
    }
  for (const auto& [use, times] : uses) others_.push_back({use.first, use.second, times});
  for (auto& [key, slots] : alike) groups_.push_back({std::move(slots), 0});
}

/// The step where attention of each group takes so many times as long.
MeasuredStep StepForm::measured(const std::vector<double>& of_attention) const {
  std::vector<Demand> demands = plan_->demands;
  for (std::size_t g = 0; g < groups_.size(); ++g)
    for (const std::uint32_t slot : groups_[g].slots) demands[slot] = longer(demands[slot], of_attention[g]);
  return meter_.measure(plan_, demands);
}

void StepForm::find_times() {
  std::vector<Demand> demands = plan_->demands;
  for (std::size_t slot = 0; slot < demands.size(); ++slot)
    if (is_attention_[slot]) demands[slot] = Demand();
  MeasuredStep without = meter_.measure(plan_, demands);
  without_ = std::move(without.window);
  without_W_ = without.most_W;
  find_stages(without.spans);
  find_attention_at_once();
  constexpr double many = 1000;
  is_additive_ = true;
  std::vector<double> times(groups_.size(), 0);
  double all_s = without_.end_s, once_s = without_.end_s;
  for (std::size_t g = 0; g < groups_.size(); ++g) {
    const double each_s = plan_->demands[groups_[g].slots.front()].time_s();
    times.assign(groups_.size(), 0);
    times[g] = many;
    if (each_s > 0) groups_[g].times = (measured_s(times) - without_.end_s) / (many * each_s);
    const double whole = std::round(groups_[g].times);
    if (!is_same(groups_[g].times, whole, 1e3 * (1 + whole))) is_additive_ = false;
    groups_[g].times = whole;
    once_s += whole * each_s;
    all_s += many * whole * each_s;
  }
  if (groups_.empty()) return;
  for (const auto& [length, expected_s] : {std::pair(1.0, once_s), std::pair(many, all_s)}) {
    if (!is_additive_) return;
    times.assign(groups_.size(), length);
    const MeasuredStep step = measured(times);
    is_additive_ = is_same(step.window.end_s, expected_s, 1e2 * expected_s) && has_power_of(step);
  }
}

/// Of all but attention.
double StepForm::summed_s() const {
  double sum_s = 0;
  for (const Use& use : others_) sum_s += use.times * now_[use.slot].time_s();
  for (const Transfer& transfer : transfers_) sum_s += transfer.time_s(platform_);
  return sum_s;
}

/// What several devices add up belongs to no call, so that other sizes of it are not known.
void StepForm::find_whether_serial() {
  // When stages begin is known of what was measured alone.
  is_serial_ =
      is_additive_ && rows_ > 0 && stages_.size() == 1 && is_same(summed_s(), without_.end_s, 1e2 * without_.end_s);
  for (const Group& group : groups_) {
    double times = 0;
    for (const Use& use : uses_)
      if (group.has(use.slot)) times += use.times;
    is_serial_ = is_serial_ && times == group.times;
  }
  for (const EventTasks& event : plan_->events)
    for (const Task& task : event.tasks)
      is_serial_ = is_serial_ && (task.kind != Task::Kind::Compute || *task.purpose == '\0');
}

std::optional<std::vector<StepForm::Scale>> StepForm::scales(const StepForm& a, const StepForm& b) {
  if (!a.is_serial() || !b.is_serial() || a.transfers_.size() != b.transfers_.size()) return std::nullopt;
  std::vector<Scale> found;
  for (std::size_t i = 0; i < a.transfers_.size(); ++i) {
    const Transfer& one = a.transfers_[i];
    const Transfer& other = b.transfers_[i];
    if (one.route != other.route || one.latency_s != other.latency_s) return std::nullopt;
    const auto grows_as = [&](std::int64_t from, std::int64_t to) {
      return is_same(one.bytes * static_cast<double>(to), other.bytes * static_cast<double>(from),
                     other.bytes * static_cast<double>(from));
    };
    const bool rows = grows_as(a.rows_, b.rows_), sequences = grows_as(a.sequences_, b.sequences_);
    const bool fixed = one.bytes == other.bytes;
    // Without drafts that is as many as there are sequences.
    const bool sampled = a.sampled_ > a.sequences_ && grows_as(a.sampled_, b.sampled_);
    if (int{rows} + int{sequences} + int{sampled} + int{fixed} != 1) return std::nullopt;
    found.push_back(rows ? Scale::Rows : sequences ? Scale::Sequences : sampled ? Scale::Sampled : Scale::Fixed);
  }
  return found;
}

StepForm::StepForm(const StepForm& like, const std::vector<LayerEvent>& calls)
    : calls_(like.calls_),
      demands_(like.demands_),
      platform_(like.platform_),
      meter_(like.meter_),
      order_(like.order_),
      groups_(like.groups_),
      uses_(like.uses_),
      others_(like.others_),
      at_once_(like.at_once_),
      transfers_(like.transfers_),
      stages_(like.stages_),
      is_attention_(like.is_attention_),
      now_(like.now_),
      is_additive_(true),
      is_serial_(true) {
  calls_.calls = calls;
  find_calls();
}

std::unique_ptr<StepForm> StepForm::derived(const StepForm& like, const std::vector<LayerEvent>& calls,
                                            const std::vector<Scale>& scales) {
  std::unique_ptr<StepForm> form(new StepForm(like, calls));
  if (!form->demands_->update(form->calls_, std::vector<bool>(calls.size(), true), form->now_)) return nullptr;
  for (std::size_t i = 0; i < scales.size(); ++i) {
    const auto grown = [](std::int64_t from, std::int64_t to) {
      return static_cast<double>(to) / static_cast<double>(from);
    };
    if (scales[i] == Scale::Rows) form->transfers_[i].bytes *= grown(like.rows_, form->rows_);
    if (scales[i] == Scale::Sampled) form->transfers_[i].bytes *= grown(like.sampled_, form->sampled_);
    if (scales[i] == Scale::Sequences) form->transfers_[i].bytes *= grown(like.sequences_, form->sequences_);
  }
  form->sum_up();
  if (form->stages_.size() == 1) form->stages_.front().without = {0, form->without_.end_s};
  return form;
}

/// The window without attention, from the parts of the step.
void StepForm::sum_up() {
  without_ = Window();
  without_.devices.resize(platform_.devices.size());
  without_.links_B.assign(platform_.links.size(), 0);
  for (const Use& use : others_)
    for (const Step& step : now_[use.slot]) append(without_.devices[use.device], stretch_of(step), use.times);
  for (const Transfer& transfer : transfers_)
    for (const LinkIndex link : platform_.routes[transfer.route].links) without_.links_B[link] += transfer.bytes;
  without_.end_s = summed_s();
  without_W_ = others_W();
}

void StepForm::set_sequences(std::vector<LayerEvent>& calls, const StepSequences::Slices& slices) const {
  std::int64_t rows = 0;
  for (const Slice& slice : *slices) rows += slice.sequences * slice.rows();
  for (const std::size_t i : looking_) {
    calls[i].slices = slices;
    set_rows(calls[i], rows);
  }
}

const std::vector<Demand>& StepForm::demands_of(const StepSequences& sequences) {
  set_sequences(calls_.calls, sequences.all);
  for (std::size_t i = 0; i < calls_.parts.size(); ++i) set_sequences(calls_.parts[i], sequences.parts[i]);
  if (!demands_->update(calls_, is_looking_, now_))
    throw SimulationError("a step of other sequences is shared among devices in another way");
  return now_;
}

std::optional<double> StepForm::time_s(const std::vector<Demand>& demands) const {
  double time_s = without_.end_s;
  for (const Group& group : groups_) {
    const double each_s = demands[group.slots.front()].time_s();
    for (const std::uint32_t slot : group.slots)
      if (!is_same(demands[slot].time_s(), each_s, each_s)) return std::nullopt;
    time_s += group.times * each_s;
  }
  return time_s;
}

void StepForm::add_attention(const std::vector<Demand>& demands, StepCost& cost) const {
  cost.attention_J = cost.cache_J = 0;
  for (const Use& use : uses_)
    for (const Step& step : demands[use.slot]) {
      const Stretch each = stretch_of(step);
      append(cost.devices[use.device], each, use.times);
      cost.cache_J += use.times * step.kv.energy_J;
      cost.attention_J += use.times * (each.arithmetic_J + each.vector_J + each.memory_J);
    }
}

bool StepForm::add(const StepSequences& sequences, StepCost& cost) {
  const std::vector<Demand>& demands = demands_of(sequences);
  const std::optional<double> time = time_s(demands);
  if (!time) return false;
  cost.time_s = *time;
  cost.devices = without_.devices;
  cost.links_B = without_.links_B;
  cost.most_W = std::max(without_W_, attention_W(demands));
  add_attention(demands, cost);
  for (Stretch& of_device : cost.devices) of_device.time_s = *time;
  cost.stages.clear();
  double later_s = 0;
  for (const Stage& stage : stages_) {
    StageSpan span{stage.without.first_s + later_s, 0};
    for (std::size_t g = 0; g < groups_.size(); ++g)
      later_s += stage.times[g] * demands[groups_[g].slots.front()].time_s();
    span.last_s = stage.without.last_s + later_s;
    cost.stages.push_back(span);
  }
  cost.dynamic_J = dynamic_J(platform_, cost);
  return true;
}

void StepForm::measure(const StepSequences& sequences, StepCost& cost) {
  const std::vector<Demand>& demands = demands_of(sequences);
  MeasuredStep measured = meter_.measure(plan_, demands, order_);
  cost.time_s = measured.window.end_s;
  cost.devices = std::move(measured.window.devices);
  cost.links_B = std::move(measured.window.links_B);
  cost.most_W = measured.most_W;
  cost.stages.clear();
  for (const Stage& stage : stages_of(measured.spans)) cost.stages.push_back(stage.without);
  // What attention takes is in the window; only what it is of the whole is asked for.
  StepCost parts;
  parts.devices.resize(cost.devices.size());
  add_attention(demands, parts);
  cost.cache_J = parts.cache_J;
  cost.attention_J = parts.attention_J;
  cost.dynamic_J = dynamic_J(platform_, cost);
}

}  // namespace upmem_des

#include "service/step_costs.hpp"

#include <algorithm>
#include <utility>

#include "service/sub_batches.hpp"
#include "upmem_des/util/error.hpp"

namespace upmem_des {

namespace {

/// Gives the step that it was fed, and then waits, or ends.
class Fed : public CallSource {
 public:
  void feed(const StepCalls& step) { step_ = &step; }
  void end() { has_ended_ = true; }

  Answer next(const Progress& /*progress*/, StepCalls& step) override {
    if (step_ == nullptr) return has_ended_ ? Answer::end() : Answer::wait_for_a_step();
    step = *std::exchange(step_, nullptr);
    step.step = number_++;
    return Answer::step();
  }

 private:
  const StepCalls* step_ = nullptr;
  std::int64_t number_ = 0;
  bool has_ended_ = false;
};

/// The step as the first of a run: none of its events waits for any before it.
StepCalls alone(StepCalls step) {
  auto sequence = std::make_shared<CallSequence>();
  for (std::size_t i = 0; i < step.sequence->sites.size(); ++i) {
    CallSequence::Site site = step.sequence->sites[i];
    const std::uint32_t first = std::exchange(site.first_back, static_cast<std::uint32_t>(sequence->back.size()));
    const std::uint32_t backs = std::exchange(site.backs, 0);
    for (std::uint32_t k = 0; k < backs; ++k)
      if (const std::int64_t back = step.sequence->back[first + k]; back <= static_cast<std::int64_t>(i)) {
        sequence->back.push_back(back);
        ++site.backs;
      }
    sequence->sites.push_back(std::move(site));
  }
  step.sequence = std::move(sequence);
  return step;
}

}  // namespace

StepCosts::StepCosts(const PreparedRun& run, const Options& options)
    : options_(options),
      run_(run),
      platform_(run.platform()),
      calls_(run.workload()),
      meter_(run.platform(), options.ideal_links) {}

/// Sub-batches take turns as they are ready.
QueueOrder StepCosts::order_of(const StepSizes& sizes) const {
  return options_.ranks == 1 && sizes.parts.size() > 1 ? QueueOrder::ReadyById : QueueOrder::ById;
}

/// Parts of a step are ranks or sub-batches; of these only those are cut that the step has.
TaskRules StepCosts::rules_of(const StepSizes& sizes) const {
  TaskRules rules = run_.task_rules();
  rules.reuses_plans = true;
  // What the host does before a step is not its devices'.
  rules.step_overhead_s = rules.per_sequence_overhead_s = 0;
  rules.batch = rules.microbatches = options_.ranks > 1 ? 1 : static_cast<std::int64_t>(sizes.parts.size());
  rules.interleaves = rules.microbatches > 1;
  return rules;
}

/// Token ids of prompts come from the host, as in the first step of a run; those of later steps are where they were
/// sampled, after a step of the same sizes.
std::unique_ptr<StepForm> StepCosts::make_form(const StepSizes& sizes) {
  Fed fed;
  TaskPlanner planner(fed, rules_of(sizes));
  PlannedStep planned;
  const StepCalls step = alone(calls_.calls(sizes.usual_slices()));
  for (int i = sizes.has_prompts ? 1 : 0; i < 2; ++i) {
    fed.feed(step);
    if (planner.next({}, planned).kind != Answer::Kind::Step)
      throw SimulationError("the planner gives no plan for a step that it was fed");
  }
  ++planned_;
  auto plan = planned.plan;
  if (!planned.demands.empty()) {
    auto own = std::make_shared<StepPlan>(*plan);
    own->demands = std::move(planned.demands);
    plan = std::move(own);
  }
  auto form =
      std::make_unique<StepForm>(step, std::move(plan), planner.latest_demands(), platform_, meter_, order_of(sizes));
  all_additive_ = all_additive_ && form->is_additive();
  return form;
}

/// A form of these sizes: planned, or derived from one that was.
std::unique_ptr<StepForm> StepCosts::form_of(const StepSizes& sizes) {
  Family& family = families_[sizes.has_drafts() ? 2 : sizes.has_prompts ? 1 : 0];
  const StepCalls& calls = calls_.calls(sizes.usual_slices());
  const bool in_parts = !calls.parts.empty();
  if (!in_parts && family.scales && calls.sequence == family.sequence)
    if (std::unique_ptr<StepForm> form = StepForm::derived(*family.first, calls.calls, *family.scales)) return form;
  const std::shared_ptr<const CallSequence> sequence = calls.sequence;
  std::unique_ptr<StepForm> form = make_form(sizes);
  if (!in_parts && !family.is_known) learn(family, sequence, *form);
  if (form->is_additive()) form->forget_plan();
  return form;
}

void StepCosts::learn(Family& family, const std::shared_ptr<const CallSequence>& sequence, const StepForm& form) {
  if (!form.is_serial() || (family.sequence != nullptr && family.sequence != sequence)) {
    family.is_known = true;
  } else if (family.first == nullptr) {
    family.sequence = sequence;
    family.first = &form;
  } else {
    // Where rows and sequences grow alike, a further step has to tell.
    family.scales = StepForm::scales(*family.first, form);
    family.is_known = family.scales.has_value();
  }
}

void StepCosts::cost(std::vector<Slice> slices, StepCost& cost, std::vector<std::size_t> rank_ends) {
  if (options_.sub_batches > 1) rank_ends = deal_out(slices, options_.sub_batches);
  const StepSizes sizes = StepSizes::of(slices, rank_ends);
  sequences_.parts.clear();
  auto first = slices.begin();
  for (const std::size_t end : rank_ends) {
    const auto last = slices.begin() + static_cast<std::ptrdiff_t>(end);
    sequences_.parts.push_back(std::make_shared<const std::vector<Slice>>(first, last));
    first = last;
  }
  // Whoever keeps the slices of the step before keeps them as they are.
  sequences_.all = nullptr;
  if (slices_ == nullptr || slices_.use_count() > 1) slices_ = std::make_shared<std::vector<Slice>>();
  *slices_ = std::move(slices);
  sequences_.all = slices_;
  if (!options_.remembers) {
    make_form(sizes)->measure(sequences_, cost);
    return;
  }
  const auto [at, is_new] = forms_.try_emplace(sizes);
  if (is_new) at->second = form_of(sizes);
  if (!at->second->is_additive())
    measure(at, cost);
  else if (!at->second->add(sequences_, cost))
    make_form(sizes)->measure(sequences_, cost);
}

/// Plans are large: few are kept.
void StepCosts::measure(std::map<StepSizes, std::unique_ptr<StepForm>>::iterator form, StepCost& cost) {
  constexpr std::size_t most_plans = 32;
  const auto is_this = [&](const StepSizes& sizes) { return !(sizes < form->first) && !(form->first < sizes); };
  const auto known = std::find_if(measured_.begin(), measured_.end(), is_this);
  if (known == measured_.end())
    measured_.push_front(form->first);
  else
    measured_.splice(measured_.begin(), measured_, known);
  form->second->measure(sequences_, cost);
  if (measured_.size() <= most_plans) return;
  forms_.erase(measured_.back());
  measured_.pop_back();
}

/// The end of a run of one step with so many results of each rank.
MeasuredStep StepCosts::end_of(std::int64_t results) {
  const StepSizes sizes{false, std::vector<StepSizes::Part>(options_.ranks, {results, results, results})};
  Fed fed;
  TaskPlanner planner(fed, rules_of(sizes));
  PlannedStep planned;
  const StepCalls step = alone(calls_.calls(sizes.usual_slices()));
  fed.feed(step);
  fed.end();
  while (planner.next({}, planned).kind == Answer::Kind::Step) {
  }
  return meter_.measure(planned.plan, planned.demands);
}

void StepCosts::cost_of_end(double results, StepCost& cost) {
  // It is one transfer: its latency, and a time for each result.
  const MeasuredStep measured = end_of(1);
  const Window& one = measured.window;
  const Window two = end_of(2).window;
  const double of_rank = results / static_cast<double>(options_.ranks);
  const auto of_all = [&](double of_one, double of_two) { return of_one + (of_rank - 1) * (of_two - of_one); };
  cost = StepCost();
  cost.time_s = of_all(one.end_s, two.end_s);
  cost.most_W = measured.most_W;
  cost.devices = one.devices;
  for (std::size_t i = 0; i < one.links_B.size(); ++i) cost.links_B.push_back(of_all(one.links_B[i], two.links_B[i]));
  cost.dynamic_J = dynamic_J(platform_, cost);
}

}  // namespace upmem_des

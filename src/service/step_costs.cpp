#include "service/step_costs.hpp"

#include <utility>

#include "util/error.hpp"

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

TaskRules rules_of(const PreparedRun& run) {
  TaskRules rules = run.task_rules();
  rules.reuses_plans = true;
  // What the host does before a step is not its devices'.
  rules.step_overhead_s = rules.per_sequence_overhead_s = 0;
  return rules;
}

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

/// Sequences whose caches have so many rows stand for all others of the same sizes.
constexpr std::int64_t usual_rows = 1009;

}  // namespace

StepCosts::StepCosts(const PreparedRun& run, const Options& options)
    : options_(options),
      run_(run),
      platform_(run.platform()),
      calls_(run.workload()),
      meter_(run.platform(), options.ideal_links) {}

StepCosts::Sizes StepCosts::sizes_of(const std::vector<Slice>& slices) {
  std::int64_t rows = 0, sequences = 0, sampled = 0;
  for (const Slice& slice : slices) {
    rows += slice.sequences * slice.new_rows;
    sequences += slice.sequences;
    sampled += slice.sequences * slice.logit_rows;
  }
  if (sequences == 0) throw SimulationError("a step of no sequences has no cost");
  return {StepCallsMaker::has_prompts(slices), rows, sequences, sampled};
}

/// Of the step that stands for all of these sizes.
const StepCalls& StepCosts::calls_of(const Sizes& sizes) {
  const auto [has_prompts, rows, sequences, sampled] = sizes;
  std::vector<Slice> slices{{0, 1, rows - sequences + 1, has_prompts ? 0 : usual_rows, sampled - sequences + 1}};
  if (sequences > 1) slices.push_back({1, sequences - 1, 1, usual_rows});
  return calls_.calls(slices);
}

/// Token ids of prompts come from the host, as in the first step of a run; those of later steps are where they were
/// sampled, after a step of the same sizes.
std::unique_ptr<StepForm> StepCosts::make_form(const Sizes& sizes) {
  Fed fed;
  TaskPlanner planner(fed, rules_of(run_));
  PlannedStep planned;
  const StepCalls step = alone(calls_of(sizes));
  for (int i = std::get<0>(sizes) ? 1 : 0; i < 2; ++i) {
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
  auto form = std::make_unique<StepForm>(step, std::move(plan), planner.latest_demands(), platform_, meter_);
  all_additive_ = all_additive_ && form->is_additive();
  return form;
}

StepCosts::Family& StepCosts::family_of(const Sizes& sizes) {
  const auto [has_prompts, rows, sequences, sampled] = sizes;
  return families_[sampled > sequences ? 2 : has_prompts ? 1 : 0];
}

/// A form of these sizes: planned, or derived from one that was.
std::unique_ptr<StepForm> StepCosts::form_of(const Sizes& sizes) {
  Family& family = family_of(sizes);
  const StepCalls& calls = calls_of(sizes);
  if (family.scales && calls.sequence == family.sequence)
    if (std::unique_ptr<StepForm> form = StepForm::derived(*family.first, calls.calls, *family.scales)) return form;
  const std::shared_ptr<const CallSequence> sequence = calls.sequence;
  std::unique_ptr<StepForm> form = make_form(sizes);
  if (!family.is_known) learn(family, sequence, *form);
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

void StepCosts::cost(std::vector<Slice> slices, StepCost& cost) {
  const Sizes sizes = sizes_of(slices);
  // Whoever keeps the slices of the step before keeps them as they are.
  if (slices_ == nullptr || slices_.use_count() > 1) slices_ = std::make_shared<std::vector<Slice>>();
  *slices_ = std::move(slices);
  if (!options_.remembers) {
    make_form(sizes)->measure(slices_, cost);
    return;
  }
  std::unique_ptr<StepForm>& form = forms_[sizes];
  if (form == nullptr) form = form_of(sizes);
  if (!form->is_additive())
    form->measure(slices_, cost);
  else if (!form->add(slices_, cost))
    make_form(sizes)->measure(slices_, cost);
}

/// The end of a run of one step with so many results.
Window StepCosts::end_of(std::int64_t results) {
  Fed fed;
  TaskPlanner planner(fed, rules_of(run_));
  PlannedStep planned;
  const StepCalls step = alone(calls_of({false, results, results, results}));
  fed.feed(step);
  fed.end();
  while (planner.next({}, planned).kind == Answer::Kind::Step) {
  }
  return meter_.measure(planned.plan, planned.demands).window;
}

void StepCosts::cost_of_end(double results, StepCost& cost) {
  // It is one transfer: its latency, and a time for each result.
  const Window one = end_of(1), two = end_of(2);
  const auto of_all = [&](double of_one, double of_two) { return of_one + (results - 1) * (of_two - of_one); };
  cost = StepCost();
  cost.time_s = of_all(one.end_s, two.end_s);
  cost.devices = one.devices;
  for (std::size_t i = 0; i < one.links_B.size(); ++i) cost.links_B.push_back(of_all(one.links_B[i], two.links_B[i]));
  cost.dynamic_J = dynamic_J(platform_, cost);
}

}  // namespace upmem_des

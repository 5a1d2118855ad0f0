/// What any step of an instance takes.
#pragma once

#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "plan/tasks/task_planner.hpp"
#include "run/prepared_run.hpp"
#include "service/step_calls_maker.hpp"
#include "service/step_cost.hpp"
#include "service/step_form.hpp"
#include "service/step_sizes.hpp"
#include "simulation/step_meter.hpp"

namespace upmem_des {

/// The planner, the cost model and the timetable of an instance's machine, asked for single steps. A step begins when
/// the one before it has ended.
class StepCosts {
 public:
  struct Options {
    bool ideal_links = false;
    bool remembers = true;         ///< else every step is planned and measured anew
    std::size_t ranks = 1;         ///< that share sequences, each with attention of its own
    std::int64_t sub_batches = 1;  ///< that a step's sequences are dealt out to; with one rank
  };

  /// The run outlives the costs; its workload is a described model.
  StepCosts(const PreparedRun& run, const Options& options);
  StepCosts(const StepCosts&) = delete;
  StepCosts& operator=(const StepCosts&) = delete;

  /// Sets `cost` to that of a step with these slices, each of one sequence; of several ranks, `rank_ends` says before
  /// which slice those of each end. Experts get the rows that a step of as many rows and sequences of each rank sends
  /// them, whichever sequences these are. Throws InputError and SimulationError as planning and running a step do.
  void cost(std::vector<Slice> slices, StepCost& cost, std::vector<std::size_t> rank_ends = {});

  /// The same of what follows the last step: the results of all, of so many sequences, once for each step that they are
  /// in, go to the host; of several ranks as if each had as many.
  void cost_of_end(double results, StepCost& cost);

  /// Steps of so many different sizes have been planned.
  std::int64_t planned_steps() const { return planned_; }
  /// Have all had times and powers that attention adds to?
  bool all_additive() const { return all_additive_; }

 private:
  std::unique_ptr<StepForm> make_form(const StepSizes& sizes);
  std::unique_ptr<StepForm> form_of(const StepSizes& sizes);
  TaskRules rules_of(const StepSizes& sizes) const;
  QueueOrder order_of(const StepSizes& sizes) const;
  void measure(std::map<StepSizes, std::unique_ptr<StepForm>>::iterator form, StepCost& cost);
  MeasuredStep end_of(std::int64_t results);

  const Options options_;
  const PreparedRun& run_;
  const PlatformSpec& platform_;
  StepCallsMaker calls_;
  StepMeter meter_;
  /// Steps with prompts, or without, that call the same: others of them may follow from two that were planned.
  struct Family {
    std::shared_ptr<const CallSequence> sequence;
    const StepForm* first = nullptr;
    std::optional<std::vector<StepForm::Scale>> scales;
    bool is_known = false;  ///< is it known whether there are scales?
  };
  void learn(Family& family, const std::shared_ptr<const CallSequence>& sequence, const StepForm& form);

  std::map<StepSizes, std::unique_ptr<StepForm>> forms_;
  std::list<StepSizes> measured_;               // those of `forms_` that keep their plans, the latest first
  Family families_[3];                          // without prompts, with, with drafts
  StepSequences sequences_;                     // of the latest step
  std::shared_ptr<std::vector<Slice>> slices_;  // of those
  std::int64_t planned_ = 0;
  bool all_additive_ = true;
};

}  // namespace upmem_des

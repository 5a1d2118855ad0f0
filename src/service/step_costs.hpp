/// What any step of an instance takes.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <tuple>
#include <vector>

#include "plan/tasks/task_planner.hpp"
#include "run/prepared_run.hpp"
#include "service/step_calls_maker.hpp"
#include "service/step_cost.hpp"
#include "service/step_form.hpp"
#include "simulation/step_meter.hpp"

namespace upmem_des {

/// The planner, the cost model and the timetable of an instance's machine, asked for single steps. A step begins when
/// the one before it has ended.
class StepCosts {
 public:
  struct Options {
    bool ideal_links = false;
    bool remembers = true;  ///< else every step is planned and measured anew
  };

  /// The run outlives the costs; its workload is a described model.
  StepCosts(const PreparedRun& run, const Options& options);
  StepCosts(const StepCosts&) = delete;
  StepCosts& operator=(const StepCosts&) = delete;

  /// Sets `cost` to that of a step with these slices, each of one sequence. Experts get the rows that a step of as many
  /// rows and sequences sends them, whichever sequences these are. Throws InputError and SimulationError as planning
  /// and running a step do.
  void cost(std::vector<Slice> slices, StepCost& cost);

  /// The same of what follows the last step: the results of all, of so many sequences, once for each step that they are
  /// in, go to the host.
  void cost_of_end(double results, StepCost& cost);

  /// Steps of so many different sizes have been planned.
  std::int64_t planned_steps() const { return planned_; }
  /// Have all had times that attention adds to?
  bool all_additive() const { return all_additive_; }

 private:
  /// Prompts, new rows, sequences, and rows that put out tokens: sequences, or more where drafts are verified.
  using Sizes = std::tuple<bool, std::int64_t, std::int64_t, std::int64_t>;

  static Sizes sizes_of(const std::vector<Slice>& slices);
  std::unique_ptr<StepForm> make_form(const Sizes& sizes);
  std::unique_ptr<StepForm> form_of(const Sizes& sizes);
  const StepCalls& calls_of(const Sizes& sizes);
  Window end_of(std::int64_t results);

  const Options options_;
  const PreparedRun& run_;
  const PlatformSpec& platform_;
  StepCallsMaker calls_;
  StepMeter meter_;
  /// Steps with prompts, without, or with drafts, that call the same: others of them may follow from two that were
  /// planned.
  struct Family {
    std::shared_ptr<const CallSequence> sequence;
    const StepForm* first = nullptr;
    std::optional<std::vector<StepForm::Scale>> scales;
    bool is_known = false;  ///< is it known whether there are scales?
  };
  void learn(Family& family, const std::shared_ptr<const CallSequence>& sequence, const StepForm& form);

  std::map<Sizes, std::unique_ptr<StepForm>> forms_;
  Family families_[3];  // without prompts, with, with drafts
  Family& family_of(const Sizes& sizes);
  std::shared_ptr<std::vector<Slice>> slices_;  // of the latest step
  std::int64_t planned_ = 0;
  bool all_additive_ = true;
};

}  // namespace upmem_des

#include "simulation/step_meter.hpp"

#include <utility>

#include "simulation/peak_power.hpp"
#include "simulation/route_figures.hpp"
#include "simulation/run_sums.hpp"
#include "simulation/timetable.hpp"

namespace upmem_des {

namespace {

/// One step, and then the end.
class OneStep : public StepFeed {
 public:
  explicit OneStep(PlannedStep step) : step_(std::move(step)) {}

  Answer next(const Progress& /*progress*/, PlannedStep& step) override {
    if (std::exchange(is_given_, true)) return Answer::end();
    step = std::move(step_);
    return Answer::step();
  }

 private:
  PlannedStep step_;
  bool is_given_ = false;
};

}  // namespace

class StepMeter::Impl {
 public:
  Impl(const PlatformSpec& platform, bool ideal_links)
      : platform_(platform), routes_(platform), sums_(platform, routes_, ideal_links), ideal_links_(ideal_links) {}

  Window measure(const std::shared_ptr<const StepPlan>& plan, const std::vector<Demand>& demands) {
    OneStep feed({plan, plan->first_id, demands});
    PeakPower peaks(platform_, routes_);
    Timetable::Options options;
    options.ideal_links = ideal_links_;
    if (latest_ == nullptr || latest_->plan != plan) latest_ = compile(plan, platform_, sums_);
    options.compiled = latest_;
    Timetable timetable(feed, platform_, routes_, sums_, peaks, std::move(options));
    while (timetable.advance() != Timetable::Mark::End) {
    }
    return timetable.take_window();
  }

 private:
  const PlatformSpec& platform_;
  const RouteFigureTable routes_;
  RunSums sums_;  // of all steps that were measured; nobody asks for them
  const bool ideal_links_;
  std::shared_ptr<const CompiledStep> latest_;
};

StepMeter::StepMeter(const PlatformSpec& platform, bool ideal_links)
    : impl_(std::make_unique<Impl>(platform, ideal_links)) {}
StepMeter::~StepMeter() = default;

Window StepMeter::measure(const std::shared_ptr<const StepPlan>& plan, const std::vector<Demand>& demands) {
  return impl_->measure(plan, demands);
}

}  // namespace upmem_des

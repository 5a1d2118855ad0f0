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

  MeasuredStep measure(const std::shared_ptr<const StepPlan>& plan, const std::vector<Demand>& demands,
                       QueueOrder order) {
    OneStep feed({plan, plan->first_id, demands});
    PeakPower peaks(platform_, routes_);
    Timetable::Options options;
    options.ideal_links = ideal_links_;
    options.order = order;
    if (latest_ == nullptr || latest_->plan != plan) latest_ = compile(plan, platform_, sums_, order);
    options.compiled = latest_;
    MeasuredStep measured;
    measured.spans.resize(platform_.devices.size());
    const Timetable* clock = nullptr;
    options.on_take = [&](const LoadedStep::At& at) {
      const CompiledStep::Piece& piece = at.step->piece(at.piece);
      if (piece.kind != Task::Kind::Compute) return;
      MeasuredStep::Span& span = measured.spans[piece.stream];
      const double now_s = clock->now_s();
      if (!std::exchange(span.works, true)) span.first_s = now_s;
      span.last_s = now_s + at.step->lasts_s(at.piece);
    };
    Timetable timetable(feed, platform_, routes_, sums_, peaks, std::move(options));
    clock = &timetable;
    while (timetable.advance() != Timetable::Mark::End) {
    }
    measured.window = timetable.take_window();
    measured.most_W = peaks.most_beside_idle_W(timetable.now_s());
    return measured;
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

MeasuredStep StepMeter::measure(const std::shared_ptr<const StepPlan>& plan, const std::vector<Demand>& demands,
                                QueueOrder order) {
  return impl_->measure(plan, demands, order);
}

}  // namespace upmem_des

#include <utility>

#include "requests/arrivals/arrivals.hpp"

namespace upmem_des {

namespace {

/// Poisson arrivals whose rate is that of the stage; they end with the last. A unit of an exponential distance is used
/// up at the rate of each stage that it passes through, so a stage of rate 0 is a pause.
class StageArrivals : public ArrivalProcess {
 public:
  StageArrivals(std::vector<ArrivalStage> stages, std::uint64_t seed)
      : random_(seed, "arrivals"), stages_(std::move(stages)) {
    advance();
  }

  std::optional<double> next_s() override { return next_s_; }
  void take(Request& request) override {
    request.arrival_s = *next_s_;
    advance();
  }

 private:
  void advance() {
    double units = random_.exponential();
    double from_s = next_s_.value_or(0);
    for (; stage_ < stages_.size(); ++stage_) {
      const ArrivalStage& stage = stages_[stage_];
      const double end_s = begin_s_ + stage.duration_s;
      const double there = (end_s - from_s) * stage.rate_per_s;
      if (units < there) {
        next_s_ = from_s + units / stage.rate_per_s;
        return;
      }
      units -= there;
      begin_s_ = from_s = end_s;
    }
    next_s_.reset();
  }

  RandomStream random_;
  std::vector<ArrivalStage> stages_;
  std::size_t stage_ = 0;
  double begin_s_ = 0;  ///< of that stage
  std::optional<double> next_s_;
};

}  // namespace

ArrivalForm stage_arrivals() {
  return {"stages",
          {},
          true,
          [](const ArrivalsSection&) { return true; },
          [](const ArrivalsSection& section, std::uint64_t seed) {
            return std::make_unique<StageArrivals>(section.stages, seed);
          }};
}

}  // namespace upmem_des

#include <functional>
#include <queue>

#include "requests/arrivals/arrivals.hpp"

namespace upmem_des {

namespace {

/// Users who each ask again a while after what they asked for has ended. They start at u * ramp_s / users.
class ClosedLoop : public ArrivalProcess {
 public:
  ClosedLoop(const NamedNumbers& numbers, std::uint64_t seed)
      : random_(seed, "think"),
        users_(static_cast<std::int64_t>(numbers.at("users"))),
        think_s_(numbers.value_or("think_s", 0)),
        think_cv_(numbers.value_or("think_cv", 0)),
        ramp_s_(numbers.value_or("ramp_s", 0)) {}

  std::optional<double> next_s() override {
    if (is_next_again()) return again_.top();
    return next_start_s();
  }

  void take(Request& request) override {
    request.arrival_s = *next_s();
    if (is_next_again())
      again_.pop();
    else
      ++started_;
  }

  bool waits_for_ends() const override { return true; }
  void ended(std::int64_t, double time_s) override { again_.push(time_s + random_.interval(think_s_, think_cv_)); }

 private:
  bool is_next_again() const {
    const std::optional<double> start = next_start_s();
    return !again_.empty() && (!start || again_.top() < *start);
  }

  std::optional<double> next_start_s() const {
    if (started_ == users_) return std::nullopt;
    return ramp_s_ * static_cast<double>(started_) / static_cast<double>(users_);
  }

  RandomStream random_;
  std::int64_t users_;
  double think_s_;
  double think_cv_;
  double ramp_s_;
  std::int64_t started_ = 0;
  std::priority_queue<double, std::vector<double>, std::greater<>> again_;  ///< when users ask again
};

}  // namespace

ArrivalForm closed_loop() {
  return {"closed_loop",
          {{"users", 1, most_requests, false, true},
           optional_rule(seconds_rule("think_s")),
           optional_rule({"think_cv", 0, 100}),
           optional_rule(seconds_rule("ramp_s"))},
          false,
          [](const ArrivalsSection&) { return false; },
          [](const ArrivalsSection& section, std::uint64_t seed) {
            return std::make_unique<ClosedLoop>(section.numbers, seed);
          }};
}

}  // namespace upmem_des

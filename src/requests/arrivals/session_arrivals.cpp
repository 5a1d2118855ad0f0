#include <functional>
#include <queue>
#include <tuple>
#include <unordered_map>

#include "requests/arrivals/arrivals.hpp"

namespace upmem_des {

namespace {

/// Conversations of `turns` requests: each turn a while after the answer to the one before, its prompt all that was
/// said before and the new tokens. Sessions begin as poisson arrivals of `rate`, or `users` of them go on at any time
/// and the next begins a gap after one has ended.
class SessionArrivals : public ArrivalProcess {
 public:
  SessionArrivals(const NamedNumbers& numbers, std::uint64_t seed)
      : begins_(seed, "arrivals"),
        gaps_(seed, "think"),
        turns_(static_cast<std::int64_t>(numbers.at("turns"))),
        gap_s_(numbers.value_or("gap_s", 0)),
        gap_cv_(numbers.value_or("gap_cv", 0)),
        rate_per_s_(numbers.find("rate")) {
    if (rate_per_s_) {
      next_begin_s_ = begins_.exponential() / *rate_per_s_;
    } else {
      next_begin_s_ = 0;
      at_start_ = static_cast<std::int64_t>(numbers.at("users"));
    }
  }

  std::optional<double> next_s() override {
    if (!turns_to_come_.empty() && (!next_begin_s_ || turns_to_come_.top().time_s < *next_begin_s_))
      return turns_to_come_.top().time_s;
    return next_begin_s_;
  }

  void take(Request& request) override {
    request.arrival_s = *next_s();
    if (next_begin_s_ && *next_begin_s_ == request.arrival_s) {
      request.session = begun_++;
      prepare_next_begin();
    } else {
      request.session = turns_to_come_.top().session;
      turns_to_come_.pop();
      if (request.session < 0) request.session = begun_++;
    }
    Talk& talk = talks_[request.session];
    request.prompt_tokens += talk.tokens;
    talk.tokens = request.prompt_tokens + request.output_tokens;
    ++talk.turns;
    request.content = {{first_source - request.session, talk.tokens}};
  }

  bool waits_for_ends() const override { return true; }

  void ended(std::int64_t session, double time_s) override {
    const auto talk = talks_.find(session);
    const bool is_last = talk->second.turns == turns_;
    if (is_last) talks_.erase(talk);
    if (is_last && rate_per_s_) return;
    turns_to_come_.push({time_s + gaps_.interval(gap_s_, gap_cv_), is_last ? -1 : session});
  }

 private:
  /// Sources of sessions are negative, below those of prefixes; those of files are not.
  static constexpr std::int64_t first_source = -(std::int64_t{1} << 32);

  struct Talk {
    std::int64_t tokens = 0;  ///< said so far
    std::int64_t turns = 0;
  };
  struct Turn {
    double time_s;
    std::int64_t session;  ///< below 0: the first of a new one
    bool operator>(const Turn& other) const {
      return std::tie(time_s, session) > std::tie(other.time_s, other.session);
    }
  };

  void prepare_next_begin() {
    if (rate_per_s_)
      *next_begin_s_ += begins_.exponential() / *rate_per_s_;
    else if (begun_ == at_start_)
      next_begin_s_.reset();
  }

  RandomStream begins_;
  RandomStream gaps_;
  std::int64_t turns_;
  double gap_s_;
  double gap_cv_;
  std::optional<double> rate_per_s_;
  std::int64_t at_start_ = 0;
  std::int64_t begun_ = 0;
  std::optional<double> next_begin_s_;
  std::unordered_map<std::int64_t, Talk> talks_;  ///< that go on
  std::priority_queue<Turn, std::vector<Turn>, std::greater<>> turns_to_come_;
};

}  // namespace

ArrivalForm session_arrivals() {
  return {"sessions",
          {optional_rule(rate_rule()),
           optional_rule({"users", 1, most_requests, false, true}),
           {"turns", 1, 1e6, false, true},
           optional_rule(seconds_rule("gap_s")),
           optional_rule({"gap_cv", 0, 100})},
          false,
          [](const ArrivalsSection&) { return false; },
          [](const ArrivalsSection& section, std::uint64_t seed) {
            return std::make_unique<SessionArrivals>(section.numbers, seed);
          }};
}

}  // namespace upmem_des

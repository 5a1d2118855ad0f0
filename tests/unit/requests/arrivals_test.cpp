/// Times of arrival.
#include "requests/arrivals/arrivals.hpp"

#include <gtest/gtest.h>

#include <cmath>

using namespace upmem_des;

namespace {

using Numbers = std::vector<std::pair<std::string, double>>;

std::unique_ptr<ArrivalProcess> process(const std::string& name, const Numbers& numbers, std::uint64_t seed = 1) {
  ArrivalsSection section;
  section.process = name;
  for (const auto& [key, value] : numbers) section.numbers.add(key, value);
  return arrival_form(name).make(section, seed);
}

std::vector<double> times(ArrivalProcess& arrivals, int count) {
  std::vector<double> found;
  for (int i = 0; i < count && arrivals.next_s(); ++i) {
    const double announced = *arrivals.next_s();
    Request request;
    arrivals.take(request);
    EXPECT_EQ(request.arrival_s, announced);
    found.push_back(request.arrival_s);
  }
  return found;
}

}  // namespace

// -ln(1 - u) / 10 of the stream's first numbers, summed; see random_stream_test.cpp.
TEST(Arrivals, FirstOfSeedOne) {
  const std::vector<double> found = times(*process("poisson", {{"rate", 10}}), 3);
  EXPECT_NEAR(found[0], 0.10169405263533346, 1e-15);
  EXPECT_NEAR(found[1], 0.107052823735267, 1e-15);
  EXPECT_NEAR(found[2], 0.3674915835910748, 1e-15);
}

TEST(Arrivals, GammaOfSpreadOneIsPoisson) {
  EXPECT_EQ(times(*process("gamma", {{"rate", 4}, {"cv", 1}}), 100), times(*process("poisson", {{"rate", 4}}), 100));
}

// n distances of mean 1/rate and sd cv/rate; their variance has that of the gamma distribution (2 k^2 + 6 k at scale
// 1).
TEST(Arrivals, DistancesHaveMeanAndSpread) {
  constexpr int n = 100'000;
  for (const double cv : {0.5, 1.0, 2.0}) {
    const std::vector<double> found = times(*process("gamma", {{"rate", 5}, {"cv", cv}}), n);
    double last = 0, squares = 0;
    for (const double time : found) {
      EXPECT_GE(time, last);
      squares += (time - last - 0.2) * (time - last - 0.2);
      last = time;
    }
    EXPECT_NEAR(last / n, 0.2, 3 * 0.2 * cv / std::sqrt(n)) << cv;
    const double k = 1 / (cv * cv), scale = 0.2 / k;
    EXPECT_NEAR(squares / n, 0.04 * cv * cv, 3 * scale * scale * std::sqrt((2 * k * k + 6 * k) / n)) << cv;
  }
}

TEST(Arrivals, Constant) {
  EXPECT_EQ(times(*process("constant", {{"rate", 4}}), 4), (std::vector<double>{0, 0.25, 0.5, 0.75}));
}

TEST(Arrivals, Bursts) {
  EXPECT_EQ(times(*process("burst", {{"size", 2}, {"every_s", 1.5}}), 5), (std::vector<double>{0, 0, 1.5, 1.5, 3}));
  EXPECT_EQ(times(*process("burst", {{"size", 3}}), 100), (std::vector<double>{0, 0, 0}));
}

TEST(Arrivals, StagesHaveTheirRatesAndEnd) {
  ArrivalsSection section;
  section.process = "stages";
  section.stages = {{100, 50}, {0, 10}, {400, 50}};
  const std::vector<double> found = times(*arrival_form("stages").make(section, 1), 1'000'000);
  std::array<int, 3> counts{};
  double last = 0;
  for (const double time : found) {
    EXPECT_GE(time, last);
    last = time;
    ++counts[time < 50 ? 0 : time < 60 ? 1 : 2];
  }
  EXPECT_LT(last, 110);
  EXPECT_NEAR(counts[0], 5000, 3 * std::sqrt(5000));
  EXPECT_EQ(counts[1], 0);
  EXPECT_NEAR(counts[2], 20000, 3 * std::sqrt(20000));
}

// One stage is a Poisson process, cut off.
TEST(Arrivals, OneStageIsPoisson) {
  ArrivalsSection section;
  section.process = "stages";
  section.stages = {{10, 5}};
  const std::vector<double> found = times(*arrival_form("stages").make(section, 1), 1000);
  const std::vector<double> poisson = times(*process("poisson", {{"rate", 10}}), static_cast<int>(found.size()) + 1);
  for (std::size_t i = 0; i < found.size(); ++i) EXPECT_NEAR(found[i], poisson[i], 1e-12);
  EXPECT_GE(poisson.back(), 5);
}

// Three users over 6 s; each thinks 2 s.
TEST(Arrivals, ClosedLoop) {
  const auto loop = process("closed_loop", {{"users", 3}, {"think_s", 2}, {"ramp_s", 6}});
  EXPECT_EQ(times(*loop, 1), (std::vector<double>{0}));
  loop->ended(-1, 0.5);
  EXPECT_EQ(times(*loop, 3), (std::vector<double>{2, 2.5, 4}));
  EXPECT_FALSE(loop->next_s());
  loop->ended(-1, 7);
  EXPECT_EQ(times(*loop, 3), (std::vector<double>{9}));
}

TEST(Arrivals, ClosedLoopWithExponentialThought) {
  const auto loop = process("closed_loop", {{"users", 1}, {"think_s", 3}, {"think_cv", 1}});
  times(*loop, 1);
  loop->ended(-1, 1);
  EXPECT_EQ(loop->next_s(), 1 + 3 * RandomStream(1, "think").exponential());
}

// Turn 0: 10 + 5. Turn 1: 15 before it, 10 new, 5 more. The next session is new.
TEST(Arrivals, SessionsRememberWhatWasSaid) {
  const auto sessions = process("sessions", {{"users", 1}, {"turns", 2}, {"gap_s", 4}});
  const auto take = [&] {
    Request request;
    request.prompt_tokens = 10;
    request.output_tokens = 5;
    sessions->take(request);
    return request;
  };
  Request turn = take();
  EXPECT_EQ(turn.arrival_s, 0);
  EXPECT_EQ(turn.session, 0);
  EXPECT_EQ(turn.prompt_tokens, 10);
  ASSERT_EQ(turn.content.size(), 1U);
  EXPECT_EQ(turn.content[0].tokens, 15);
  const std::int64_t source = turn.content[0].source;
  EXPECT_FALSE(sessions->next_s());
  sessions->ended(0, 2);
  EXPECT_EQ(sessions->next_s(), 6);
  turn = take();
  EXPECT_EQ(turn.session, 0);
  EXPECT_EQ(turn.prompt_tokens, 25);
  EXPECT_EQ(turn.content[0].source, source);
  EXPECT_EQ(turn.content[0].tokens, 30);
  sessions->ended(0, 7);
  EXPECT_EQ(sessions->next_s(), 11);
  turn = take();
  EXPECT_EQ(turn.session, 1);
  EXPECT_EQ(turn.prompt_tokens, 10);
  EXPECT_NE(turn.content[0].source, source);
}

TEST(Arrivals, SessionsOfARateBeginAsPoissonArrivals) {
  const auto sessions = process("sessions", {{"rate", 10}, {"turns", 1}});
  EXPECT_NEAR(times(*sessions, 2)[1], 0.107052823735267, 1e-15);
  sessions->ended(0, 0.2);  // it had one turn
  EXPECT_NEAR(times(*sessions, 1)[0], 0.3674915835910748, 1e-15);
}

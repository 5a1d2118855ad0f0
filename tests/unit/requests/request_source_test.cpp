/// Streams of requests: laws that hold whatever they are made of.
#include "requests/request_source.hpp"

#include <gtest/gtest.h>

#include <map>
#include <numeric>
#include <queue>

#include "requests/requests_section.hpp"

using namespace upmem_des;

namespace {

LengthsSection lengths(const std::string& form, const std::vector<std::pair<std::string, double>>& numbers) {
  LengthsSection section;
  section.form = form;
  for (const auto& [key, value] : numbers) section.numbers.add(key, value);
  return section;
}

RequestsSection requests(const std::string& process, const std::vector<std::pair<std::string, double>>& numbers) {
  RequestsSection section;
  section.arrivals = ArrivalsSection();
  section.arrivals->process = process;
  for (const auto& [key, value] : numbers) section.arrivals->numbers.add(key, value);
  section.prompt_tokens = lengths("uniform", {{"min", 1}, {"max", 1000}});
  section.output_tokens = lengths("uniform", {{"min", 1}, {"max", 100}});
  section.count = 500;
  section.seed = 7;
  return section;
}

/// All of them, each served for as long as it has output tokens times 10 ms.
std::vector<Request> served(const RequestsSection& section) {
  const auto source = make_request_source(section);
  std::vector<Request> all;
  std::priority_queue<std::pair<double, std::int64_t>, std::vector<std::pair<double, std::int64_t>>, std::greater<>>
      ends;
  while (true) {
    const auto next = source->next_arrival_s();
    if (!ends.empty() && (!next || ends.top().first <= *next)) {
      source->finished(ends.top().second, ends.top().first);
      ends.pop();
    } else if (next) {
      all.push_back(source->take());
      EXPECT_EQ(all.back().arrival_s, *next);
      ends.emplace(*next + 0.01 * static_cast<double>(all.back().output_tokens), all.back().id);
    } else {
      return all;
    }
  }
}

const std::vector<RequestsSection>& every_process() {
  static const std::vector<RequestsSection> all{
      requests("poisson", {{"rate", 10}}),
      requests("gamma", {{"rate", 10}, {"cv", 2}}),
      requests("constant", {{"rate", 10}}),
      requests("burst", {{"size", 7}, {"every_s", 1}}),
      requests("closed_loop", {{"users", 5}, {"think_s", 0.1}, {"think_cv", 1}, {"ramp_s", 1}}),
      requests("sessions", {{"rate", 3}, {"turns", 4}, {"gap_s", 0.5}, {"gap_cv", 1}}),
      requests("sessions", {{"users", 9}, {"turns", 3}})};
  return all;
}

std::int64_t known_tokens(const Request& request) {
  std::int64_t sum = 0;
  for (const Content& part : request.content) sum += part.tokens;
  return sum;
}

}  // namespace

TEST(RequestSource, ArrivalsAscendAndNumbersCount) {
  for (const RequestsSection& section : every_process()) {
    const std::vector<Request> all = served(section);
    ASSERT_EQ(all.size(), 500U) << section.arrivals->process;
    double last = 0;
    for (std::size_t i = 0; i < all.size(); ++i) {
      EXPECT_EQ(all[i].id, static_cast<std::int64_t>(i));
      EXPECT_GE(all[i].arrival_s, last);
      EXPECT_GE(all[i].prompt_tokens, 1);
      EXPECT_GE(all[i].output_tokens, 1);
      EXPECT_LE(known_tokens(all[i]), all[i].prompt_tokens + all[i].output_tokens);
      last = all[i].arrival_s;
    }
  }
}

TEST(RequestSource, TheSameSeedGivesTheSameAndAnotherOneOthers) {
  for (RequestsSection section : every_process()) {
    const std::vector<Request> first = served(section);
    const std::vector<Request> again = served(section);
    section.seed = 8;
    const std::vector<Request> other = served(section);
    bool differs = false;
    for (std::size_t i = 0; i < first.size(); ++i) {
      EXPECT_EQ(first[i].arrival_s, again[i].arrival_s);
      EXPECT_EQ(first[i].prompt_tokens, again[i].prompt_tokens);
      EXPECT_EQ(first[i].output_tokens, again[i].output_tokens);
      differs = differs || first[i].prompt_tokens != other[i].prompt_tokens;
    }
    EXPECT_TRUE(differs);
  }
}

TEST(RequestSource, PurposesDoNotTouchEachOther) {
  const RequestsSection section = requests("poisson", {{"rate", 10}});
  const std::vector<Request> before = served(section);
  RequestsSection changed = section;
  changed.prompt_tokens = lengths("lognormal", {{"median", 100}, {"sigma", 1}});
  changed.prefix = PrefixSection{3, 50, PrefixSection::Choice::random};
  const std::vector<Request> other_prompts = served(changed);
  changed = section;
  changed.arrivals->numbers = NamedNumbers();
  changed.arrivals->numbers.add("rate", 99);
  const std::vector<Request> other_times = served(changed);
  for (std::size_t i = 0; i < before.size(); ++i) {
    EXPECT_EQ(before[i].arrival_s, other_prompts[i].arrival_s);
    EXPECT_EQ(before[i].output_tokens, other_prompts[i].output_tokens);
    EXPECT_EQ(before[i].prompt_tokens, other_times[i].prompt_tokens);
    EXPECT_NE(before[i].arrival_s, other_times[i].arrival_s);
  }
}

TEST(RequestSource, EndsBeforeTheDuration) {
  RequestsSection section = requests("constant", {{"rate", 4}});
  section.count.reset();
  section.duration_s = 2.5;
  const std::vector<Request> all = served(section);  // at 0, 0.25, …, 2.25
  ASSERT_EQ(all.size(), 10U);
  EXPECT_EQ(all.back().arrival_s, 2.25);
}

TEST(RequestSource, PrefixesComeBeforeWhatLengthsSay) {
  RequestsSection section = requests("constant", {{"rate", 4}});
  const std::vector<Request> without = served(section);
  section.prefix = PrefixSection{3, 100, PrefixSection::Choice::round_robin};
  const std::vector<Request> all = served(section);
  for (std::size_t i = 0; i < all.size(); ++i) {
    EXPECT_EQ(all[i].prompt_tokens, without[i].prompt_tokens + 100);
    ASSERT_EQ(all[i].content.size(), 1U);
    EXPECT_EQ(all[i].content[0].source, -1 - static_cast<std::int64_t>(i) % 3);
    EXPECT_EQ(all[i].content[0].tokens, 100);
  }
}

// 500 draws of 5 groups: 100 each, sd sqrt(500 * 0.2 * 0.8) = 8.9.
TEST(RequestSource, PrefixesAtRandom) {
  RequestsSection section = requests("constant", {{"rate", 4}});
  section.prefix = PrefixSection{5, 100, PrefixSection::Choice::random};
  std::map<std::int64_t, int> groups;
  for (const Request& request : served(section)) ++groups[request.content[0].source];
  ASSERT_EQ(groups.size(), 5U);
  for (const auto& [source, count] : groups) EXPECT_NEAR(count, 100, 27) << source;
}

// What a turn knows is what the turns before it said, and its session has one prefix.
TEST(RequestSource, TurnsOfASessionBeginAlike) {
  for (const auto choice : {PrefixSection::Choice::random, PrefixSection::Choice::round_robin}) {
    RequestsSection section = requests("sessions", {{"users", 9}, {"turns", 3}});
    section.prefix = PrefixSection{4, 32, choice};
    std::map<std::int64_t, Request> last;
    for (const Request& request : served(section)) {
      ASSERT_EQ(request.content.size(), 2U);
      EXPECT_EQ(known_tokens(request), request.prompt_tokens + request.output_tokens);
      if (const auto before = last.find(request.session); before != last.end()) {
        EXPECT_GT(request.prompt_tokens, before->second.prompt_tokens + before->second.output_tokens);
        EXPECT_EQ(request.content[0].source, before->second.content[0].source);
        EXPECT_EQ(request.content[1].source, before->second.content[1].source);
      }
      last[request.session] = request;
    }
    EXPECT_GE(last.size(), 166U);  // 500 requests, at most three a session
  }
}

// No more than `users` at once, whatever they do.
TEST(RequestSource, ClosedLoopsNeverHaveMoreThanTheirUsers) {
  const RequestsSection section = requests("closed_loop", {{"users", 5}});
  const std::vector<Request> all = served(section);
  for (const Request& at : all) {
    int alive = 0;
    for (const Request& other : all)
      if (other.arrival_s <= at.arrival_s && at.arrival_s < other.arrival_s + 0.01 * double(other.output_tokens))
        ++alive;
    EXPECT_LE(alive, 5);
  }
}

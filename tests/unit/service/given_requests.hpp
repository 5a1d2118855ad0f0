/// Requests that a test gives itself, and what became of them.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "requests/random_stream.hpp"
#include "requests/request_source.hpp"
#include "upmem_des/result/serving_result.hpp"

namespace upmem_des::test {

/// What a scenario's workload says whose requests a test gives itself.
inline const std::string given_by_test =
    "requests: {arrivals: {process: burst, size: 1}, prompt_tokens: 1, output_tokens: 1}";

/// Requests that are known beforehand.
class Listed : public RequestSource {
 public:
  explicit Listed(std::vector<Request> requests) : requests_(requests.begin(), requests.end()) {}

  std::optional<double> next_arrival_s() override {
    return requests_.empty() ? std::nullopt : std::optional(requests_.front().arrival_s);
  }
  Request take() override {
    Request first = std::move(requests_.front());
    requests_.pop_front();
    return first;
  }
  void finished(std::int64_t /*id*/, double /*time_s*/) override {}

 private:
  std::deque<Request> requests_;
};

/// Keeps what became of requests, and what there was at the end.
class Kept : public RequestObserver, public ServingObserver {
 public:
  void on_request(const RequestRecord& request) override { records[request.id] = request; }
  void on_sample(const ServingSample& sample) override { last_sample = sample; }

  std::map<std::int64_t, RequestRecord> records;
  ServingSample last_sample;
};

inline Request request(std::int64_t id, double arrival_s, std::int64_t prompt, std::int64_t output) {
  Request made;
  made.id = id;
  made.arrival_s = arrival_s;
  made.prompt_tokens = prompt;
  made.output_tokens = output;
  return made;
}

/// Of one beginning with others of its source.
inline Request like(std::int64_t id, double arrival_s, std::int64_t source, std::int64_t prompt, std::int64_t output) {
  Request made = request(id, arrival_s, prompt, output);
  made.content = {{source, prompt}};
  return made;
}

struct Sizes {
  std::int64_t longest_prompt;
  std::int64_t longest_output;
  std::int64_t longest_gap_ms = 10;
};

/// Of sizes up to these, at times up to so far apart.
inline std::vector<Request> random_requests(RandomStream& random, int count, const Sizes& sizes) {
  std::vector<Request> requests;
  double arrival_s = 0;
  for (int i = 0; i < count; ++i) {
    const std::int64_t prompt = 1 + random.below(sizes.longest_prompt);
    requests.push_back(request(i, arrival_s, prompt, 1 + random.below(sizes.longest_output)));
    arrival_s += 1e-3 * static_cast<double>(random.below(sizes.longest_gap_ms));
  }
  return requests;
}

}  // namespace upmem_des::test

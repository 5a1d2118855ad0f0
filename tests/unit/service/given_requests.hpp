/// Requests that a test gives itself, and what became of them.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "requests/request_source.hpp"
#include "result/serving_result.hpp"

namespace upmem_des::test {

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

/// Keeps what became of requests.
class Kept : public RequestObserver {
 public:
  void on_request(const RequestRecord& request) override { records[request.id] = request; }

  std::map<std::int64_t, RequestRecord> records;
};

inline Request request(std::int64_t id, double arrival_s, std::int64_t prompt, std::int64_t output) {
  Request made;
  made.id = id;
  made.arrival_s = arrival_s;
  made.prompt_tokens = prompt;
  made.output_tokens = output;
  return made;
}

}  // namespace upmem_des::test

/// Requests made of a process, lengths and prefixes. Internal to the room.
#pragma once

#include <memory>
#include <optional>
#include <unordered_map>

#include "requests/arrivals/arrivals.hpp"
#include "requests/request_source.hpp"
#include "requests/shapes.hpp"

namespace upmem_des {

/// Each part draws from a stream of its own.
class GeneratedRequests : public RequestSource {
 public:
  GeneratedRequests(const RequestsSection& section, std::unique_ptr<ArrivalProcess> arrivals,
                    std::unique_ptr<RequestShapes> shapes);
  ~GeneratedRequests() override;

  std::optional<double> next_arrival_s() override;
  Request take() override;
  void finished(std::int64_t id, double time_s) override;

 private:
  class Prefixes;

  std::optional<std::int64_t> count_;
  std::optional<double> duration_s_;
  std::unique_ptr<ArrivalProcess> arrivals_;
  std::unique_ptr<RequestShapes> shapes_;
  std::unique_ptr<Prefixes> prefixes_;  ///< null: none
  std::int64_t taken_ = 0;
  std::unordered_map<std::int64_t, std::int64_t> alive_;  ///< session by id; empty where no arrival waits for ends
};

}  // namespace upmem_des

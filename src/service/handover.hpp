/// Requests that are read on one instance and continued on another.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "service/cache_transfers.hpp"
#include "service/course_recorder.hpp"
#include "service/engine.hpp"
#include "upmem_des/requests/request.hpp"
#include "upmem_des/result/serving_result.hpp"
#include "upmem_des/serving/router.hpp"

namespace upmem_des {

/// Chooses both instances as a request arrives, and takes its cache from the one to the other. The instance that
/// generates has blocks for all of it before anything is sent, and the one that has read keeps its blocks until all of
/// it is there.
class Handover {
 public:
  struct Options {
    bool by_layer = true;
    std::int64_t layers = 1;
    bool decode_gives_first = false;
    std::int64_t min_tokens = 16;
    /// Where an instance that reads has its cache, in equal parts; by engine.
    std::vector<std::vector<DeviceIndex>> prefill_devices;
    /// And one that generates, with the bytes of a token on each device; by engine, without those that read.
    std::vector<std::vector<std::pair<DeviceIndex, double>>> decode_devices;
    CourseRecorder* course = nullptr;  ///< told of transfers; null: nobody is
  };

  /// The first engines, as many as there are `prefill_devices`, read; those behind them generate. References outlive
  /// this.
  Handover(std::vector<std::unique_ptr<Engine>>& engines, std::unique_ptr<Router> prefill_router,
           std::unique_ptr<Router> decode_router, CacheTransfers& transfers, Options options);

  /// `loads` are of all engines. Why it can never be served; empty where it has been added.
  std::string arrive(Request request, const std::vector<EngineLoad>& loads, double now_s);
  /// After steps have ended: what they ended, and what has been sent.
  void after_ends(double now_s);
  /// After an engine has planned.
  void after_plan(std::size_t engine, double now_s);

  double next_s() const { return transfers_.next_s(); }
  void draw(double to_s) { transfers_.draw(to_s); }
  /// Requests that are not where they will be continued.
  std::size_t moving() const { return moving_.size(); }
  /// Sets counts, bytes, energy and times.
  void fill(ServingResult::Transfers& result) const;

 private:
  struct Moving {
    Request request;
    std::size_t prefill = 0, decode = 0;  // engines
    std::uint32_t prefill_slot = 0, decode_slot = 0;
    double first_s = 0, last_s = 0;  // when the first and the last layer can be sent
    double left_s = 0;
    double sent_s = 0;  // when it set out
    double energy_J = 0;
  };
  using Place = std::pair<std::size_t, std::uint32_t>;  // engine and slot

  std::size_t readers() const { return options_.prefill_devices.size(); }
  void come(Moving& moving, std::size_t number, double now_s);
  void send(std::size_t number, double now_s);
  void arrived(std::size_t transfer, double now_s);

  std::vector<std::unique_ptr<Engine>>& engines_;
  const std::unique_ptr<Router> prefill_router_, decode_router_;
  CacheTransfers& transfers_;
  const Options options_;
  std::map<std::size_t, Moving> moving_;
  std::map<Place, std::size_t> reading_;            // of `moving_`
  std::map<Place, std::size_t> coming_;             // of `moving_`, without blocks yet
  std::map<std::size_t, std::size_t> transferred_;  // of `moving_`, by transfer
  std::vector<std::int64_t> promised_;              // by engine that generates: requests that are still being read
  std::size_t next_ = 0;
  double bytes_ = 0;
  double energy_J_ = 0;
  std::vector<double> times_s_;
};

}  // namespace upmem_des

/// What a run that served requests found, as plain data. SI units: s, J, W, bytes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "upmem_des/result/serving_course.hpp"
#include "upmem_des/result/simulation_result.hpp"
#include "upmem_des/result/spread_of.hpp"

namespace upmem_des {

/// What became of one request. Times count from the start of the run.
struct RequestRecord {
  std::int64_t id = 0;
  std::int64_t session = -1;  ///< below 0: none
  std::size_t instance = 0;
  std::optional<std::size_t> decode_instance{};  ///< where its cache was sent, to generate there
  double arrival_s = 0;
  double scheduled_s = 0;  ///< beginning of the first step that it had a part in
  double first_token_s = 0;
  double finish_s = 0;
  std::int64_t prompt_tokens = 0;
  std::int64_t output_tokens = 0;
  std::int64_t hit_tokens = 0;  ///< of the prompt, found in the cache when it was first scheduled
  std::int64_t preemptions = 0;
  /// From the end of its prompt's last step until its cache was at decode_instance, waiting for blocks included.
  std::optional<double> transfer_s{};
  std::int64_t tier_hit_tokens = 0;  ///< of hit_tokens, or of what it lost when it was preempted, those from the tier
  /// From being given blocks for these until they had come; none where it found nothing in the tier.
  std::optional<double> fetch_s{};
  double energy_J = 0;  ///< its share of what its steps and transfers drew; without what devices draw always
  bool meets_objectives = true;
  std::string refused{};  ///< why it was; empty: it was served

  /// From its arrival to its first token, s.
  double time_to_first_token_s() const { return first_token_s - arrival_s; }
  /// None for a request of one token.
  std::optional<double> time_per_output_token_s() const {
    if (output_tokens < 2) return std::nullopt;
    return (finish_s - first_token_s) / static_cast<double>(output_tokens - 1);
  }
  /// From its arrival to its last token, s.
  double end_to_end_s() const { return finish_s - arrival_s; }
  /// From its arrival to its first step, s.
  double queued_s() const { return scheduled_s - arrival_s; }
};

/// Is told of requests as they end, in order of time.
class RequestObserver {
 public:
  virtual ~RequestObserver() = default;
  /// It has ended.
  virtual void on_request(const RequestRecord& request) = 0;

  // What becomes of it before, as it happens; of one that is refused its arrival alone.
  /// It is there.
  virtual void on_arrival(std::int64_t /*id*/, double /*time_s*/) {}
  /// The first step that it has a part in begins.
  virtual void on_scheduled(std::int64_t /*id*/, double /*time_s*/) {}
  /// It is given at that time, which may be later than now.
  virtual void on_first_token(std::int64_t /*id*/, double /*time_s*/) {}
};

/// A span of a run, of all instances together. Counts are those at its end.
struct ServingSample {
  double end_s = 0;
  std::int64_t running = 0;
  std::int64_t waiting = 0;
  std::int64_t kv_blocks = 0;
  std::int64_t prompt_tokens = 0;  ///< computed in the span
  std::int64_t output_tokens = 0;  ///< given in it
  double power_W = 0;              ///< mean
};

/// A step of an instance that has ended.
struct ServingStep {
  std::size_t instance = 0;
  double start_s = 0;
  double end_s = 0;
  std::int64_t tokens = 0;         ///< computed
  std::int64_t prompt_tokens = 0;  ///< of those
  std::int64_t requests = 0;       ///< that had a part in it
  // When it had ended:
  std::int64_t running = 0;
  std::int64_t waiting = 0;
  std::int64_t kv_blocks = 0;

  std::int64_t drafts = 0;    ///< of `tokens`, those that were drafted before
  std::int64_t accepted = 0;  ///< of these
  double draft_s = 0;         ///< of its time the last: what drafting took
  double devices_s = 0;       ///< of its time, what devices and transfers take; the rest is the host's
  double energy_J = 0;        ///< that it drew, without what devices draw always
  double most_W = 0;          ///< the most that it draws at any time; of a rank its share, as of `energy_J`
};

/// Is told of what goes on. Steps of an instance come in order of time, and so do samples.
class ServingObserver {
 public:
  virtual ~ServingObserver() = default;
  /// A span has ended.
  virtual void on_sample(const ServingSample& /*sample*/) {}
  /// A step has ended.
  virtual void on_step(const ServingStep& /*step*/) {}
  /// A step will go from start to end, neither of which is before now; what there will be when it has ended is not
  /// known.
  virtual void on_planned_step(const ServingStep& /*step*/) {}
};

/// One of the engines that requests are sent to: an instance or, of data-parallel attention, a rank of one.
struct InstanceResult {
  std::string name;                  ///< "0", "1", …
  std::vector<std::string> devices;  ///< without HOST, which all instances share
  std::int64_t requests = 0;
  std::int64_t steps = 0;
  std::int64_t idle_steps = 0;  ///< of those, steps of other ranks in which it had nothing to compute
  double busy_s = 0;            ///< in which a step was under way
  std::int64_t kv_blocks = 0;
  std::int64_t peak_kv_blocks = 0;
};

/// How the same requests are served by a machine of which one thing is faster: means, none where there are no requests
/// that have them.
struct ServedWhatIf {
  std::string what;   ///< a key of simulation.faster: "memory", "arithmetic", "links"
  double factor = 2;  ///< how many times as fast
  std::optional<double> time_to_first_token_s{};
  std::optional<double> time_per_output_token_s{};
  double output_tokens_per_s = 0;
};

/// What became of all requests together.
struct ServingResult {
  std::string scheduler;
  std::string router;
  std::int64_t submitted = 0;
  std::int64_t completed = 0;
  std::int64_t refused = 0;
  std::int64_t preempted = 0;      ///< requests that were, once or more often
  double makespan_s = 0;           ///< from the first arrival to the last completion
  std::int64_t prompt_tokens = 0;  ///< of completed requests
  std::int64_t output_tokens = 0;

  SpreadOf time_to_first_token_s, time_per_output_token_s, inter_token_s, end_to_end_s, queued_s;

  /// Of each request; those that are not given do not count.
  struct Objectives {
    std::optional<double> ttft_s, tpot_s, e2e_s;
    /// Is any given?
    bool any() const { return ttft_s || tpot_s || e2e_s; }
  } objectives;
  std::int64_t meeting_objectives = 0;
  /// Completed requests that have the one objective; 0 where it is not given.
  struct Meeting {
    std::int64_t ttft = 0, tpot = 0, e2e = 0;
  } meeting;

  /// Of the paged caches of all instances.
  struct Cache {
    std::int64_t block_tokens = 0;
    std::int64_t blocks = 0;       ///< of all instances
    bool is_derived = false;       ///< from the devices' capacity
    std::int64_t peak_blocks = 0;  ///< in use by requests or on their way to a tier, of all instances together
    double mean_blocks = 0;        ///< over the makespan
    std::int64_t hit_tokens = 0;
    std::int64_t evicted_blocks = 0;
    std::int64_t preemptions = 0;
    std::int64_t recomputed_tokens = 0;
  } cache;

  /// Of all instances.
  struct Steps {
    std::int64_t count = 0;
    double mean_tokens = 0;
    double mean_running = 0;
    std::int64_t planned_sizes = 0;  ///< different sizes of steps that were planned
  } steps;

  /// Of caches from instances that read prompts to those that generate.
  struct Transfers {
    bool is_apart = false;  ///< are there such instances?
    std::int64_t count = 0;
    double bytes = 0;     ///< what did not have to be sent, since it was there, left out
    double energy_J = 0;  ///< of `requests_J`
    SpreadOf time_s;      ///< RequestRecord::transfer_s
  } transfers;

  /// Drafts, and what became of them.
  struct Speculation {
    std::string method;                ///< empty: nothing was drafted
    std::int64_t drafted_tokens = 0;   ///< that were verified
    std::int64_t accepted_tokens = 0;  ///< of these, also those behind a request's last token
    std::int64_t verifications = 0;    ///< how often a request had drafts in a step
    double draft_s = 0;                ///< of all instances' time with a step under way, what drafting took
    double draft_J = 0;                ///< of `requests_J`

    /// Tokens that a step puts out of a request with drafts.
    double mean_accepted_length() const {
      return 1 + static_cast<double>(accepted_tokens) / static_cast<double>(verifications);
    }
  } speculation;

  /// A second level of each instance's cache, in other memory. Counts are of all instances.
  struct Tier {
    bool is_there = false;
    std::int64_t blocks = 0;       ///< that it has room for
    std::int64_t peak_blocks = 0;  ///< that it held
    std::int64_t hit_tokens = 0;   ///< of `cache.hit_tokens`, those that were found there
    std::int64_t stored_blocks = 0;
    std::int64_t fetched_blocks = 0;
    std::int64_t evicted_blocks = 0;  ///< made room for others
    std::int64_t refused_blocks = 0;  ///< were not stored, since all that was there came or was read
    double block_B = 0;               ///< of one, of all devices
    double store_J = 0;               ///< of `requests_J`
    double fetch_J = 0;               ///< of `requests_J`
    SpreadOf fetch_s;                 ///< of each fetch
  } tier;

  double request_seconds = 0;     ///< requests in the engines, times how long: by Little's law their times end to end
  double energy_J = 0;            ///< of the whole machine, as SimGrid's plugins integrated it
  double idle_J = 0;              ///< of that, what devices draw always
  double requests_J = 0;          ///< and what requests drew
  double of_prompt_tokens_J = 0;  ///< of `requests_J`, that of computing prompts
  bool is_saturated = false;      ///< do more and more requests wait in the second half of the arrivals?
  std::vector<InstanceResult> instances;
  std::vector<ServedWhatIf> what_if{};  ///< where somebody asked

  // None of these in results of earlier programs.
  ServedCurves curves;
  WaitParts mean_wait;
  std::vector<WaitClass> wait_classes;  ///< ascending; they have all completed requests together
  /// Of the whole machine, at least what it draws at any time, and that where one step goes on at a time: steps that
  /// overlap count with the most that each draws, together at most what all devices and links can draw.
  std::optional<double> peak_power_W{};
  std::optional<ServingCourse> course{};
  std::vector<DeviceTime> device_times;  ///< by device of the machine

  /// A count over the makespan; 0 where that is nothing.
  double per_second(std::int64_t count) const { return makespan_s > 0 ? static_cast<double>(count) / makespan_s : 0; }
};

/// A run that served requests.
struct ServingRun {
  ServingResult serving;
  SimulationResult machine;  ///< what was run on what; devices and links with their energies
};

}  // namespace upmem_des

/// When requests arrive.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "requests/random_stream.hpp"
#include "requests/requests_section.hpp"
#include "upmem_des/requests/request.hpp"

namespace upmem_des {

/// Times of arrival, one after the other, and who asks.
class ArrivalProcess {
 public:
  virtual ~ArrivalProcess() = default;

  /// When the next request arrives; none: never, or not before one that was taken has ended.
  virtual std::optional<double> next_s() = 0;

  /// That one. `request` has its numbers of tokens; it gets its time, and of a session number, history and content.
  virtual void take(Request& request) = 0;

  /// Do arrivals wait for the ends of others? If not, ended() is not called.
  virtual bool waits_for_ends() const { return false; }
  /// A request of that session (below 0: none) has ended.
  virtual void ended(std::int64_t session, double time_s);
};

/// One that a scenario can name, with its keys.
struct ArrivalForm {
  std::string name;
  std::vector<NumberRule> rules;
  bool has_stages = false;  ///< key stages
  /// Does it end of itself, given the section?
  std::function<bool(const ArrivalsSection&)> is_finite;
  std::function<std::unique_ptr<ArrivalProcess>(const ArrivalsSection&, std::uint64_t seed)> make;
};

const std::vector<ArrivalForm>& arrival_forms();
/// Of that name, which is in the table.
const ArrivalForm& arrival_form(const std::string& name);

/// The limits of keys of several processes.
NumberRule rate_rule();
NumberRule seconds_rule(std::string key);
NumberRule optional_rule(NumberRule rule);
constexpr double most_seconds = 1e12;
constexpr double least_rate_per_s = 1e-9;
constexpr double most_rate_per_s = 1e12;
constexpr double most_requests = 1e9;

ArrivalForm poisson_arrivals();
ArrivalForm gamma_arrivals();
ArrivalForm constant_arrivals();
ArrivalForm burst_arrivals();
ArrivalForm closed_loop();
ArrivalForm stage_arrivals();
ArrivalForm session_arrivals();

}  // namespace upmem_des

/// What the page asks, answered by runs of the program.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "explore/explore_choices.hpp"
#include "explore/explore_offer.hpp"
#include "explore/run_worker.hpp"

namespace upmem_des {

/// Threads may share it.
class ExploreAnswers {
 public:
  struct Explored {
    std::function<Scenario()> load;  ///< reads the scenario, with what the command line changes
    std::vector<std::string> words;  ///< of the command line: the scenario and its options, which go before the choices
  };

  /// `worker` outlives it. Throws InputError where the scenario is bad or not explored.
  ExploreAnswers(Explored explored, RunWorker& worker);

  /// What there is to choose, with the scenario as it is now, as offer_json(). Throws InputError.
  std::string offer();

  /// {"command": …, "result": …, "warnings": […], "seconds": …}: the result is what the command prints with `--json -`.
  /// Else
  /// {"command", "error", "control", "code"}, or {"obsolete": true}.
  std::string run(const ExploreRequest& request, const Obsolete& obsolete);

  /// As a shell runs all points of a curve.
  std::string curve_command(const ExploreRequest& request);

  /// A point of it, without a line's end: {"batch": 8, …} and then as run().
  std::string point(const ExploreRequest& request, std::int64_t batch, const Obsolete& obsolete);

 private:
  std::shared_ptr<const ExploreOffer> known();
  std::vector<std::string> arguments_of(const ExploreChoices& choices, const std::vector<std::string>& more);
  std::string answer(const std::string& begin, const std::vector<std::string>& shown,
                     const std::vector<std::string>& hidden, const Obsolete& obsolete);

  Explored explored_;
  RunWorker& worker_;
  std::mutex mutex_;  // reading of a scenario, and what was read
  std::shared_ptr<const ExploreOffer> offer_;
};

/// {"error": …, "control": …, "code": …}; `begin` is what stands before that in its object.
std::string explore_error(const std::string& begin, const std::string& message, int code);

}  // namespace upmem_des

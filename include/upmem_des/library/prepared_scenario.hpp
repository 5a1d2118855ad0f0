/// Scenarios that are ready to run.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "upmem_des/library/loaded_scenario.hpp"

namespace upmem_des {

class InputFiles;
class PreparedRun;
struct PlatformSpec;

/// A scenario with everything that it refers to, checked. Needed by those who ask what a run runs on, as timelines do;
/// others give run() the scenario itself.
class PreparedScenario {
 public:
  /// Reads models, traces and devices, profiles a network that has not been, and plans the workload once; `warn` is
  /// told of what is unusual, and may throw to make it an error. Throws InputError on whatever is wrong, and on a
  /// scenario that serves requests; SimulationError where devices cannot hold what they are given.
  explicit PreparedScenario(const LoadedScenario& scenario, const std::function<void(const std::string&)>& warn = {});
  PreparedScenario(const PreparedScenario&) = delete;
  PreparedScenario& operator=(const PreparedScenario&) = delete;
  ~PreparedScenario();

  /// The machine: devices, links and routes. Lives as long as this.
  const PlatformSpec& platform() const;
  /// What each device of the platform holds of weights, bytes.
  std::vector<double> weights_B() const;
  /// How many events the run has.
  std::int64_t events() const;
  /// The digest of all that decides the numbers, this program's own file included, as `upmem-des check` prints that of
  /// the program; results have it as what_was_run.inputs. Empty of a trace in memory and of a network that is profiled.
  /// Throws InputError where a file has changed since.
  std::string inputs() const;

  /// For the rooms of the library; programs of others cannot look into it.
  const PreparedRun& contents() const { return *run_; }

 private:
  std::unique_ptr<const InputFiles> files_;  ///< as they were before run_ was made
  std::unique_ptr<const PreparedRun> run_;
};

}  // namespace upmem_des

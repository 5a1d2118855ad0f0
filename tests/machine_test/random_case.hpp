/// Machines, models, mappings and workloads put together at random, for what holds for all of them.
#pragma once

#include <string>

namespace upmem_des::test {

/// The files of a scenario, and what its section `simulation` may say.
struct RandomCase {
  std::string devices;     ///< devices.yaml
  std::string platform;    ///< platform.yaml
  std::string model;       ///< config.json
  std::string scenario;    ///< scenario.yaml without its section `simulation`
  std::string assumed;     ///< of `simulation`, as a flow map without braces: what a schedule does not change
  std::string schedule;    ///< of `simulation`: the schedule and its options
  bool published = false;  ///< under cost_model: reference

  /// The scenario with this schedule.
  std::string scenario_with(const std::string& how) const;
  /// All of it, to be read and to be run by hand.
  std::string text() const;
};

/// Equal seeds give equal cases.
RandomCase random_case(unsigned seed);

}  // namespace upmem_des::test

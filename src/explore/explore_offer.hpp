/// What a scenario's page offers to choose from, and what the scenario itself has chosen.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "scenario/scenario.hpp"

namespace upmem_des {

/// The devices of one group of a machine: what can be laid out in parallel.
struct OfferedMachine {
  std::string name;          ///< "gpu_pim.yaml dimm"; the file alone where it has one group
  std::string platform;      ///< as in `platform=`: "gpu_pim.yaml"
  std::string title;         ///< the platform's
  std::string group;         ///< "dimm"
  std::size_t count = 1;     ///< devices of it
  std::string architecture;  ///< their profile
};

struct OfferedDevice {
  std::string name;
  double memory_Bps = 0;
  double flops_per_s = 0;
  std::optional<double> capacity_B;
};

/// A line of the scenario's mapping that names the device of its default.
struct MovedLine {
  std::string key;    ///< "mapping.lm_head"
  std::string flags;  ///< "t"; empty: none
};

/// Immutable once made.
struct ExploreOffer {
  std::string title;  ///< of the scenario
  std::vector<std::string> models;
  std::vector<OfferedMachine> machines;
  std::vector<OfferedDevice> devices;
  std::vector<std::string> formats;

  std::string
      model;  ///< the scenario's, by its name here or, where it is not among `models`, its file's; "" of a trace
  bool has_model = false;
  std::string platform;                     ///< the title of the scenario's own machine, or its file; "" without one
  std::optional<OfferedMachine> own_group;  ///< of that machine, where it has one
  std::string device;                       ///< of mapping.default, or of own_group; "" where neither says
  std::vector<MovedLine> moved;             ///< what a choice of a device sets, without a platform
  std::optional<ParallelSection> parallel;
  std::string batch, prompt_tokens, output_tokens;  ///< as a setting has them; "" where there is none
  std::string dtype, weight_dtype, kv_dtype;        ///< "" where the scenario leaves it open
};

/// Throws InputError where the shipped files are not to be found or the scenario's device files are bad.
ExploreOffer explore_offer(const Scenario& scenario);

/// Throws InputError on a scenario that is not explored: one that serves requests, is profiled first, or is not read
/// from a file.
void check_explored(const Scenario& scenario);

/// For the page, as JSON: {"format": "upmem-des-explore", "scenario": …, "models": […], "now": {…}, …}.
std::string offer_json(const ExploreOffer& offer);

}  // namespace upmem_des

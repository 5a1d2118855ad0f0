/// What a step of an instance takes.
#pragma once

#include <vector>

#include "simulation/stretch.hpp"

namespace upmem_des {

struct PlatformSpec;

/// What devices do of a step that work on it at the same time: tensor-parallel ones, or all. From the step's start.
struct StageSpan {
  double first_s = 0;
  double last_s = 0;
};

struct StepCost {
  double time_s = 0;              ///< of the instance's devices, from the step's start to its end
  std::vector<Stretch> devices;   ///< by DeviceIndex of the instance's machine
  std::vector<double> links_B;    ///< by LinkIndex of the instance's machine
  std::vector<StageSpan> stages;  ///< one after the other
  double cache_J = 0;             ///< of `devices`: energy of reading caches
  double attention_J = 0;         ///< of `devices`: all of what looks at each sequence by itself, caches included
  double dynamic_J = 0;           ///< of devices and links, with what devices draw while they have work; without idle
  double most_W = 0;              ///< the most that all of them draw together at any time; without idle
};

/// `part` follows: times, work and energies are added, the higher power is that of both; where stages end is not known
/// then.
void append(StepCost& whole, const StepCost& part);

/// Energy of all that is drawn beside what devices draw always, J, by the machine's figures.
double dynamic_J(const PlatformSpec& platform, const StepCost& cost);

}  // namespace upmem_des

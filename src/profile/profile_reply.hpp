/// What a profile measured beside the trace. SI units.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "upmem_des/trace/layer_event.hpp"

namespace upmem_des {

/// Energy of the CPU's packages (and of memory where the kernel has a counter of it) while a phase ran.
struct CpuEnergy {
  double package_J = 0;
  double dram_J = 0;

  double total_J() const { return package_J + dram_J; }
};

/// Passes of one phase together.
struct MeasuredPhase {
  double time_s = 0;  ///< of the forward passes, without what is done between them
  std::int64_t passes = 0;
  std::optional<CpuEnergy> energy;  ///< absent where it could not be read
};

/// A run on this machine's CPU.
struct ProfileReply {
  std::array<MeasuredPhase, phase_count> phases;
  std::int64_t events = 0;
  double events_s = 0;       ///< sum of the events' durations
  bool sim_compute = false;  ///< heavy operators were not computed, so that times mean little
  bool random_weights = false;
  std::int64_t threads = 0;                          ///< that libtorch computed with
  std::string cpu;                                   ///< the processor's name
  std::string libtorch;                              ///< version
  std::string no_energy;                             ///< why there is no energy; empty where there is
  std::vector<std::vector<std::int64_t>> token_ids;  ///< generated ones, by batch row; of language models
  std::vector<std::string> texts;                    ///< the same as text, where there is a tokenizer
  std::vector<std::string> warnings;                 ///< complete lines
};

}  // namespace upmem_des

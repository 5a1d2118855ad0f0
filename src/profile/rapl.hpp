/// The kernel's energy counters of the CPU (powercap, "RAPL").
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "profile/profile_reply.hpp"

namespace upmem_des {

/// All counters at one moment, in µJ; empty where one of them could not be read.
using RaplReading = std::vector<std::uint64_t>;

/// The package and memory counters under /sys/class/powercap, those of all sockets: the zones intel-rapl:N named
/// "package-…" and their children named "dram" (Linux gives AMD's the same names). A package holds its cores and its
/// uncore, psys the packages, and intel-rapl-mmio:N is a package seen a second time; these are not counted. The kernel
/// refreshes counters about every millisecond, so that shorter spans say little.
class Rapl {
 public:
  /// Finds the counters below `folder`; where there are none, or they cannot be read, problem() says so.
  explicit Rapl(const std::string& folder = default_folder());

  /// Why nothing can be read, one line: empty where it can.
  const std::string& problem() const { return problem_; }

  struct Counter {
    std::string file;         ///< energy_uj
    std::uint64_t range = 0;  ///< max_energy_range_uj: the counter's largest value
    bool dram = false;
  };
  const std::vector<Counter>& counters() const { return counters_; }

  RaplReading read() const;
  /// Energy between two readings; a counter that wrapped around once in between is told right. Nothing where a reading
  /// is empty.
  std::optional<CpuEnergy> between(const RaplReading& before, const RaplReading& after) const;
  /// Of what each counter has counted; nothing where there are not as many.
  std::optional<CpuEnergy> energy_of(const RaplReading& counted) const;

  /// $UPMEM_DES_POWERCAP if set, else /sys/class/powercap.
  static std::string default_folder();

 private:
  void find_counters(const std::string& folder);

  std::vector<Counter> counters_;
  std::string problem_;
};

}  // namespace upmem_des

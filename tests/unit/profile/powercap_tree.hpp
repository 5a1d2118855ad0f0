/// A made-up /sys/class/powercap.
#pragma once

#include <cstdint>
#include <string>

#include "support/temporary_folder.hpp"

namespace upmem_des::test {

class PowercapTree {
 public:
  std::string folder() const { return files_.path("powercap"); }

  /// A zone such as "intel-rapl:0"; counters are texts so that they can be wrong.
  void add(const std::string& zone, const std::string& name, const std::string& energy_uj,
           const std::string& range_uj = "262143328850\n") const {
    files_.write("powercap/" + zone + "/name", name + "\n");
    files_.write("powercap/" + zone + "/max_energy_range_uj", range_uj);
    set(zone, energy_uj);
  }

  void set(const std::string& zone, const std::string& energy_uj) const {
    files_.write("powercap/" + zone + "/energy_uj", energy_uj);
  }

  const TemporaryFolder& files() const { return files_; }

 private:
  TemporaryFolder files_;
};

}  // namespace upmem_des::test

/// Machines put together at random.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "dice.hpp"

namespace upmem_des::test {

struct RandomMachine {
  struct Group {
    std::string name;
    std::int64_t count = 1;
  };

  std::string devices;   ///< the text of a file of device profiles
  std::string platform;  ///< and that of a platform file
  std::vector<Group> groups;

  /// The devices by name, as a mapping has them.
  std::vector<std::string> names() const;
};

/// One to six devices of one or two kinds, each with a link of its own, some behind channels that they share, some with
/// networks between them. Half of the machines have round figures, so that much ends at the same time.
RandomMachine random_machine(Dice& dice);

}  // namespace upmem_des::test

/// Numbers that look random and are the same in every run.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace upmem_des::test {

class Dice {
 public:
  explicit Dice(unsigned seed) : random_(seed) {}

  std::int64_t below(std::int64_t n) { return static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(n)); }
  bool one_in(std::int64_t n) { return below(n) == 0; }
  std::string one_of(const std::vector<std::string>& texts) {
    return texts[static_cast<std::size_t>(below(static_cast<std::int64_t>(texts.size())))];
  }

 private:
  std::mt19937 random_;
};

}  // namespace upmem_des::test

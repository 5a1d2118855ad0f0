/// Whole units of something in given proportions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace upmem_des {

/// Cuts sizes into consecutive parts of whole units: part i is what lies between ⌊size · c_i⌋ and ⌊size · c_(i+1)⌋,
/// where c_i is the share of all parts before i. Equal parts of w units are so ⌊w·(i+1)/n⌋ − ⌊w·i/n⌋.
class Proportions {
 public:
  /// So many equal parts; at least one.
  Proportions(std::size_t parts) : parts_(parts) {}  // NOLINT(google-explicit-constructor): a number of parts is one
  /// At least one weight, none below 0; all 0 are equal parts.
  explicit Proportions(const std::vector<double>& weights);

  std::size_t parts() const { return parts_; }
  /// Units before a part; of `part` = parts(): all.
  std::int64_t begin(std::int64_t size, std::size_t part) const;
  /// As a share of all, from 0 to 1, not of whole units.
  double share(std::size_t part) const;
  std::int64_t units(std::int64_t size, std::size_t part) const { return begin(size, part + 1) - begin(size, part); }

 private:
  std::size_t parts_;
  std::vector<double> before_;  // by part: the weight of all before it, and of all; empty where parts are equal
};

}  // namespace upmem_des

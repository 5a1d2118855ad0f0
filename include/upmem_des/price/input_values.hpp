/// What each input of a formula is taken for.
#pragma once

#include <map>

#include "upmem_des/price/value_range.hpp"

namespace upmem_des {

/// The middle of each input, but for those that were set. Inputs are told apart by where they stand, so they may not
/// move as long as this is in use.
class InputValues {
 public:
  /// Takes `input` for `value` from now on.
  void set(const ValueRange& input, double value) { values_[&input] = value; }
  /// What `input` is taken for.
  double operator()(const ValueRange& input) const;

 private:
  std::map<const ValueRange*, double> values_;
};

}  // namespace upmem_des

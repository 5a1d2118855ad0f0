/// Operators that a program has added, by type.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "upmem_des/cost/operator.hpp"
#include "upmem_des/util/name.hpp"

namespace upmem_des {

/// A look-up costs one index: tables by name are vectors by Name::index().
class OperatorTable {
 public:
  /// Adds an operator, or replaces the one of that type. Throws as register_operator() does.
  void add(const std::string& type, Operator op);

  /// The operator of a type, or nullptr.
  const Operator* find(Name type) const {
    const std::uint32_t slot = type.index() < slots_.size() ? slots_[type.index()] : 0;
    return slot == 0 ? nullptr : &operators_[slot - 1];
  }

  bool empty() const { return operators_.empty(); }
  const std::vector<Operator>& all() const { return operators_; }

  /// All types, sorted.
  std::vector<std::string> types() const;

 private:
  std::vector<Operator> operators_;
  std::vector<std::string> types_;    // of operators_, in the same order
  std::vector<std::uint32_t> slots_;  // by Name::index(): 1 + the place in operators_, 0 for none
};

/// A copy of all operators that register_operator() has added.
OperatorTable registered_operators();

}  // namespace upmem_des

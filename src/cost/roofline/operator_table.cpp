#include "cost/roofline/operator_table.hpp"

#include <algorithm>
#include <mutex>

#include "upmem_des/util/error.hpp"

namespace upmem_des {

namespace {

struct Registry {
  std::mutex mutex;
  OperatorTable table;
};

Registry& registry() {
  static Registry instance;
  return instance;
}

}  // namespace

void OperatorTable::add(const std::string& type, Operator op) {
  if (type.empty()) throw InputError("an operator without a type; expected the name of a layer or function");
  if (!op.cost) throw InputError("operator '" + type + "' without a rule; expected a function");
  if (op.element_class != ElementClass::None && !(op.flop_per_element > 0))
    throw InputError("operator '" + type + "' with a time per element and no flop per element; expected some");
  const std::size_t index = Name(type).index();
  if (slots_.size() <= index) slots_.resize(index + 1, 0);
  if (slots_[index] != 0) {
    operators_[slots_[index] - 1] = std::move(op);
    return;
  }
  operators_.push_back(std::move(op));
  types_.push_back(type);
  slots_[index] = static_cast<std::uint32_t>(operators_.size());
}

std::vector<std::string> OperatorTable::types() const {
  std::vector<std::string> sorted = types_;
  std::sort(sorted.begin(), sorted.end());
  return sorted;
}

OperatorTable registered_operators() {
  Registry& all = registry();
  const std::lock_guard<std::mutex> lock(all.mutex);
  return all.table;
}

void register_operator(const std::string& type, Operator op) {
  Registry& all = registry();
  const std::lock_guard<std::mutex> lock(all.mutex);
  all.table.add(type, std::move(op));
}

void register_operator(const std::string& type, OperatorCost rule) {
  register_operator(type, Operator(std::move(rule)));
}

}  // namespace upmem_des

/// States of the planner as numbers. Internal to the room.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "plan/tasks/movement.hpp"
#include "plan/tasks/value.hpp"

namespace upmem_des {

/// Appends numbers so that equal states make equal lists.
class StateDescription {
 public:
  /// Both outlive it.
  StateDescription(const Outlook& frame, std::vector<std::int64_t>& out) : frame_(frame), out_(out) {}

  void add(std::int64_t number) { out_.push_back(number); }
  void add(std::size_t number) { out_.push_back(static_cast<std::int64_t>(number)); }
  void add(double number);
  void add(const Value& value);

 private:
  template <class Number>
  void add(const std::vector<Number>& numbers) {
    add(numbers.size());
    for (const Number& number : numbers) add(number);
  }
  void add(const Value::At& at);
  void add_pieces(const Pieces& pieces);
  void add_pieces(const std::vector<Pieces>& all);

  const Outlook& frame_;
  std::vector<std::int64_t>& out_;
};

}  // namespace upmem_des

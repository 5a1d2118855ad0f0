#include "plan/tasks/rows_between.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace upmem_des {

namespace {

bool is_at(double one, double other) {
  return std::abs(one - other) < least_share_of_rows;
}

Value* find(std::vector<Value>& values, double first, double last) {
  const auto found = std::find_if(values.begin(), values.end(), [&](const Value& value) {
    return is_at(value.first_row, first) && is_at(value.last_row, last);
  });
  return found == values.end() ? nullptr : &*found;
}

/// Of devices that share rows: those that have some of these.
void take_holders(const Value& value, Value& slice) {
  slice.devices.clear();
  slice.made.clear();
  slice.cuts.clear();
  slice.shares.clear();
  double row = 0;
  for (std::size_t i = 0; i < value.devices.size(); ++i) {
    const double next = row + value.shares[i];
    const double rows = std::min(next, slice.last_row) - std::max(row, slice.first_row);
    row = next;
    if (rows < least_share_of_rows) continue;
    slice.devices.push_back(value.devices[i]);
    slice.made.push_back(value.made[i]);
    slice.shares.push_back(rows / (slice.last_row - slice.first_row));
  }
  if (slice.devices.size() != 1) return;
  slice.layout = Layout::Whole;
  slice.shares.clear();
  slice.whole_at.insert(slice.whole_at.begin(), {slice.devices.front(), slice.made.front()});
}

/// Of groups that share rows: those that have some of these.
void take_groups(Value& value, Value& slice) {
  slice.groups.clear();
  std::vector<Value> some;
  for (Value& group : value.groups) {
    const double first = std::max(group.first_row, slice.first_row);
    const double last = std::min(group.last_row, slice.last_row);
    if (last - first < least_share_of_rows) continue;
    const double rows = group.last_row - group.first_row;
    Value part = rows_between(group, (first - group.first_row) / rows, (last - group.first_row) / rows);
    part.first_row = (first - slice.first_row) / (slice.last_row - slice.first_row);
    part.last_row = (last - slice.first_row) / (slice.last_row - slice.first_row);
    some.push_back(std::move(part));
  }
  if (some.size() == 1) {
    some.front().first_row = slice.first_row;
    some.front().last_row = slice.last_row;
    slice = std::move(some.front());
  } else {
    slice.groups = std::move(some);
  }
}

}  // namespace

Value& rows_between(Value& value, double first, double last) {
  if (is_at(first, 0) && is_at(last, 1)) return value;
  if (Value* const group = find(value.groups, first, last)) return *group;
  if (Value* const known = find(value.slices, first, last)) return *known;
  Value slice = value;
  slice.slices.clear();
  slice.scattered.clear();
  slice.expert_rows.clear();
  slice.expert_routes.clear();
  slice.first_row = first;
  slice.last_row = last;
  slice.bytes = value.bytes * (last - first);
  if (!value.groups.empty())
    take_groups(value, slice);
  else if (value.layout == Layout::Rows)
    take_holders(value, slice);
  return value.slices.emplace_back(std::move(slice));
}

}  // namespace upmem_des

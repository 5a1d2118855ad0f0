#include "plan/tasks/expert_combine.hpp"

#include <algorithm>
#include <limits>

#include "plan/tasks/rows_between.hpp"

namespace upmem_des {

namespace {

constexpr double never = std::numeric_limits<double>::infinity();

/// Times are sums in different orders: what is not faster by more than this is as fast.
constexpr double faster = 1 - 1e-9;

std::vector<DeviceIndex> makers_of(const std::vector<Value*>& values) {
  std::vector<DeviceIndex> makers;
  for (const Value* value : values) makers.insert(makers.end(), value->devices.begin(), value->devices.end());
  std::sort(makers.begin(), makers.end());
  makers.erase(std::unique(makers.begin(), makers.end()), makers.end());
  return makers;
}

}  // namespace

bool ExpertCombine::are_rows(const std::vector<Value*>& values, const Wanted& wanted) {
  if (wanted.from_host || wanted.devices.size() < 2 || ExpertSums::bytes_of(values) <= 0) return false;
  if (wanted.layout != (wanted.rows.empty() ? Layout::Rows : Layout::Whole)) return false;
  return std::all_of(values.begin(), values.end(), [](const Value* value) {
    return value->devices.size() == 1 || (value->layout == Layout::Partial && value->whole_at.empty());
  });
}

bool ExpertCombine::knows_groups(const Wanted& wanted) const {
  for (std::size_t i = 0; i < wanted.rows.size(); ++i)
    if (!collectives_.knows(wanted.of_group(i).devices)) return false;
  return true;
}

/// Groups gather at once.
double ExpertCombine::gather_s(const Wanted& wanted) const {
  double longest_s = 0;
  for (std::size_t i = 0; i < wanted.rows.size(); ++i) {
    const Wanted group = wanted.of_group(i);
    if (group.bytes > 0)
      longest_s = std::max(longest_s, collectives_.time_s(Collective::AllGather, group.devices, group.bytes));
  }
  return longest_s;
}

/// Of the rows, by reader.
std::vector<double> ExpertCombine::shares_of(const Wanted& wanted, bool of_whole_group) {
  if (wanted.rows.empty()) return wanted.shares;
  std::vector<double> shares;
  const std::size_t size = wanted.devices.size() / wanted.rows.size();
  for (const double rows : wanted.rows)
    shares.insert(shares.end(), size, of_whole_group ? rows : rows / static_cast<double>(size));
  return shares;
}

/// In a collective every reader gets as many rows, groups without any, too: that is taken for uneven shares only where
/// nobody can send them.
bool ExpertCombine::may_be_collective(const std::vector<double>& own, const Wanted& wanted, bool can_be_sent) {
  const auto [least, most] = std::minmax_element(own.begin(), own.end());
  if (*least >= *most * faster) return true;
  return !can_be_sent &&
         std::all_of(wanted.rows.begin(), wanted.rows.end(), [](double rows) { return rows >= least_share_of_rows; });
}

std::optional<std::vector<Pieces>> ExpertCombine::bring(const std::vector<Value*>& values, const Wanted& wanted) {
  if (!are_rows(values, wanted)) return std::nullopt;
  const std::vector<DeviceIndex> makers = makers_of(values);
  const RowsMade bytes{makers, ExpertSums::bytes_on(values, makers), {}};
  const std::vector<double> own = shares_of(wanted, false);
  const double after_s = knows_groups(wanted) ? gather_s(wanted) : never;
  const std::optional<double> sends_s = sends_.time_s(bytes, wanted.devices, own);
  const double apart_s = sends_s ? *sends_s + after_s : never;
  double together_s = never;
  if (may_be_collective(own, wanted, sends_s.has_value()) && sums_.are_among(values, wanted))
    together_s = sums_.shares_s(values, wanted) + after_s;
  const std::vector<double> of_group = shares_of(wanted, true);
  const double at_once_s = wanted.rows.empty() ? never : sends_.time_s(bytes, wanted.devices, of_group).value_or(never);
  const double best_s = std::min({together_s, apart_s, at_once_s});
  if (best_s == never) return std::nullopt;
  if (best_s >= together_s * faster) return gathered(sums_.shares(values, wanted), wanted);
  const RowsMade made = sums_.made_on(values, makers);
  if (best_s >= apart_s * faster) return gathered(sends_.send(made, wanted.devices, own), wanted);
  return sends_.send(made, wanted.devices, of_group);
}

/// Each device of a group has a share of the group's rows.
std::vector<Pieces> ExpertCombine::gathered(const std::vector<Pieces>& rows, const Wanted& wanted) {
  if (wanted.rows.empty()) return rows;
  std::vector<Pieces> all;
  for (std::size_t i = 0; i < wanted.rows.size(); ++i) {
    const Wanted group = wanted.of_group(i);
    const auto first = rows.begin() + static_cast<std::ptrdiff_t>(i * group.devices.size());
    Value own;
    own.layout = Layout::Rows;
    own.devices = group.devices;
    own.bytes = group.bytes;
    own.shares = even_shares(group.devices.size());
    own.made.assign(first, first + static_cast<std::ptrdiff_t>(group.devices.size()));
    for (const Pieces& pieces : collectives_.run(Collective::AllGather, own)) all.push_back(pieces);
  }
  return all;
}

}  // namespace upmem_des

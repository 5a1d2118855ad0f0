#include "service/served_waits.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <numeric>

namespace upmem_des {

namespace {

constexpr std::array bounds{0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.99, 0.999, 1.0};

void add(WaitParts& sum, const WaitParts& part, double times = 1) {
  sum.queue_s += times * part.queue_s;
  sum.prefill_s += times * part.prefill_s;
  sum.transfer_s += times * part.transfer_s;
  sum.decode_s += times * part.decode_s;
}

void divide(WaitParts& sum, std::int64_t count) {
  if (count == 0) return;
  const auto by = static_cast<double>(count);
  sum = {sum.queue_s / by, sum.prefill_s / by, sum.transfer_s / by, sum.decode_s / by};
}

WaitParts parts_of(const ServedTimes& times, std::size_t request) {
  WaitParts parts;
  parts.queue_s = times.queued_s[request];
  if (!times.transfer_s.empty()) parts.transfer_s = times.transfer_s[request];
  const double first_s = times.time_to_first_token_s[request];
  parts.prefill_s = first_s - parts.queue_s;
  parts.decode_s = times.end_to_end_s[request] - first_s;
  double& around_s = times.transfers_before_first_token ? parts.prefill_s : parts.decode_s;
  around_s = std::max(0.0, around_s - parts.transfer_s);
  return parts;
}

}  // namespace

std::vector<WaitClass> wait_classes(const ServedTimes& times) {
  const std::vector<double>& end_s = times.end_to_end_s;
  std::vector<std::uint32_t> order(end_s.size());
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(),
            [&](std::uint32_t a, std::uint32_t b) { return end_s[a] != end_s[b] ? end_s[a] < end_s[b] : a < b; });
  // 0.1 · 30 is a little more than 3.
  const auto first = [&](double share) {
    const double place = share * static_cast<double>(order.size());
    const double whole = std::round(place);
    return static_cast<std::size_t>(std::abs(place - whole) < 1e-6 ? whole : std::ceil(place));
  };
  std::vector<WaitClass> classes;
  for (std::size_t i = 0; i + 1 < bounds.size(); ++i) {
    WaitClass found{bounds[i], bounds[i + 1], 0, {}};
    for (std::size_t k = first(bounds[i]); k < first(bounds[i + 1]); ++k, ++found.requests)
      add(found.mean, parts_of(times, order[k]));
    divide(found.mean, found.requests);
    if (found.requests > 0) classes.push_back(found);
  }
  if (!classes.empty()) classes.back().to_share = 1;
  return classes;
}

WaitParts mean_wait(const std::vector<WaitClass>& classes) {
  WaitParts sum;
  std::int64_t requests = 0;
  for (const WaitClass& each : classes) {
    add(sum, each.mean, static_cast<double>(each.requests));
    requests += each.requests;
  }
  divide(sum, requests);
  return sum;
}

}  // namespace upmem_des

/// The policies that are there from the start. Internal to the room.
#pragma once

#include <memory>

#include "upmem_des/serving/router.hpp"

namespace upmem_des {

/// One after the other, in order of arrival.
std::unique_ptr<Router> make_round_robin(const RouterOptions& options);
/// Any, drawn evenly.
std::unique_ptr<Router> make_random_router(const RouterOptions& options);
/// The one with the fewest requests; of equal ones the first.
std::unique_ptr<Router> make_least_outstanding(const RouterOptions& options);
/// The one with the fewest tokens still to be computed or given; of equal ones the first.
std::unique_ptr<Router> make_least_tokens(const RouterOptions& options);
/// As vLLM's front end spreads requests over data-parallel engines: the least of 4 waiting + running, whose counts come
/// every 100 ms; what it has sent since then counts as waiting.
std::unique_ptr<Router> make_vllm_dp(const RouterOptions& options);
/// The highest of weighted shares: of the prompt that is in the cache, of load that the others have more of, and of
/// free blocks; of equal ones the first.
std::unique_ptr<Router> make_prefix_aware(const RouterOptions& options);
/// Where the session went first; a new one, or one whose engine has too many requests, to the one with the fewest.
std::unique_ptr<Router> make_session_affinity(const RouterOptions& options);
/// Of two that are drawn the one with fewer requests.
std::unique_ptr<Router> make_power_of_two(const RouterOptions& options);

/// The first of those with the least `value(load)`.
template <class Value>
std::size_t first_least(const std::vector<EngineLoad>& loads, const Value& value) {
  std::size_t best = 0;
  for (std::size_t i = 1; i < loads.size(); ++i)
    if (value(loads[i]) < value(loads[best])) best = i;
  return best;
}

}  // namespace upmem_des

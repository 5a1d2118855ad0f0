#include <map>
#include <utility>

#include "serving/routers/routers.hpp"
#include "upmem_des/serving/router.hpp"
#include "upmem_des/util/error.hpp"
#include "util/suggest.hpp"

namespace upmem_des {

namespace {

std::map<std::string, RouterFactory>& table() {
  static std::map<std::string, RouterFactory> all{
      {"round_robin", make_round_robin},
      {"random", make_random_router},
      {"least_outstanding", make_least_outstanding},
      {"least_tokens", make_least_tokens},
      {"vllm_dp", make_vllm_dp},
      {"prefix_aware", make_prefix_aware},
      {"session_affinity", make_session_affinity},
      {"power_of_two", make_power_of_two},
  };
  return all;
}

}  // namespace

void register_router(const std::string& name, RouterFactory factory) {
  table()[name] = std::move(factory);
}

std::unique_ptr<Router> make_router(const std::string& name, const RouterOptions& options) {
  const auto found = table().find(name);
  if (found == table().end())
    throw InputError("unknown router '" + name + "'; expected one of " + listed(router_names()) +
                     did_you_mean(name, router_names()));
  return found->second(options);
}

std::vector<std::string> router_names() {
  std::vector<std::string> names;
  for (const auto& [name, factory] : table()) names.push_back(name);
  return names;
}

}  // namespace upmem_des

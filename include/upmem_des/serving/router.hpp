/// Which of several engines a request goes to.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "upmem_des/requests/request.hpp"

namespace upmem_des {

/// What a router is told of an engine.
struct EngineLoad {
  std::int64_t waiting = 0;             ///< requests without a seat
  std::int64_t running = 0;             ///< requests with one
  std::int64_t outstanding_tokens = 0;  ///< of prompts and outputs of all of these, known or not
  std::int64_t free_blocks = 0;
  std::int64_t blocks = 0;

  /// Requests with a seat and without.
  std::int64_t outstanding() const { return waiting + running; }
};

/// Weights of what a router that knows of caches adds up.
struct PrefixWeights {
  double prefix = 2;
  double load = 1;
  double free = 1;
};

/// What routers are made with.
struct RouterOptions {
  std::uint64_t seed = 0;          ///< of those that draw
  double signal_delay_s = 0;       ///< loads are known as they were so long ago; caches as they are
  PrefixWeights weights;           ///< of prefix_aware
  std::int64_t session_limit = 0;  ///< of session_affinity: outstanding requests above which a session moves; 0: never
};

/// Chooses when a request arrives. A class a policy; register_router() adds one.
class Router {
 public:
  Router() = default;
  Router(const Router&) = delete;
  Router& operator=(const Router&) = delete;
  virtual ~Router() = default;

  /// What of its prompt an engine has in its cache, in tokens.
  using CachedTokens = std::function<std::int64_t(std::size_t engine)>;

  /// An index into `loads`, which is not empty. Times ascend.
  virtual std::size_t choose(const Request& request, const std::vector<EngineLoad>& loads, const CachedTokens& cached,
                             double now_s) = 0;
};

/// Makes a router.
using RouterFactory = std::function<std::unique_ptr<Router>(const RouterOptions&)>;

/// Adds a policy under a name, or replaces the one of that name.
void register_router(const std::string& name, RouterFactory factory);

/// Throws InputError on an unknown name, with the nearest known one.
std::unique_ptr<Router> make_router(const std::string& name, const RouterOptions& options);

/// All names, sorted.
std::vector<std::string> router_names();

}  // namespace upmem_des

#include <unordered_map>

#include "serving/routers/routers.hpp"

namespace upmem_des {

namespace {

class SessionAffinity : public Router {
 public:
  explicit SessionAffinity(std::int64_t limit) : limit_(limit) {}

  std::size_t choose(const Request& request, const std::vector<EngineLoad>& loads, const CachedTokens& /*cached*/,
                     double /*now_s*/) override {
    const auto fewest = [&] { return first_least(loads, [](const EngineLoad& load) { return load.outstanding(); }); };
    if (request.session < 0) return fewest();
    const auto [found, is_new] = engines_.try_emplace(request.session, 0);
    if (is_new || (limit_ > 0 && loads[found->second].outstanding() > limit_)) found->second = fewest();
    return found->second;
  }

 private:
  const std::int64_t limit_;
  std::unordered_map<std::int64_t, std::size_t> engines_;  // by session
};

}  // namespace

std::unique_ptr<Router> make_session_affinity(const RouterOptions& options) {
  return std::make_unique<SessionAffinity>(options.session_limit);
}

}  // namespace upmem_des

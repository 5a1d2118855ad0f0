#include "serving/routers/routers.hpp"

namespace upmem_des {

namespace {

class LeastOutstanding : public Router {
 public:
  std::size_t choose(const Request& /*request*/, const std::vector<EngineLoad>& loads, const CachedTokens& /*cached*/,
                     double /*now_s*/) override {
    return first_least(loads, [](const EngineLoad& load) { return load.outstanding(); });
  }
};

}  // namespace

std::unique_ptr<Router> make_least_outstanding(const RouterOptions& /*options*/) {
  return std::make_unique<LeastOutstanding>();
}

}  // namespace upmem_des

#include "serving/routers/routers.hpp"

namespace upmem_des {

namespace {

class RoundRobin : public Router {
 public:
  std::size_t choose(const Request& /*request*/, const std::vector<EngineLoad>& loads, const CachedTokens& /*cached*/,
                     double /*now_s*/) override {
    return next_++ % loads.size();
  }

 private:
  std::size_t next_ = 0;
};

}  // namespace

std::unique_ptr<Router> make_round_robin(const RouterOptions& /*options*/) {
  return std::make_unique<RoundRobin>();
}

}  // namespace upmem_des

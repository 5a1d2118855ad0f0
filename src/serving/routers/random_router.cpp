#include "requests/random_stream.hpp"
#include "serving/routers/routers.hpp"

namespace upmem_des {

namespace {

class RandomRouter : public Router {
 public:
  explicit RandomRouter(std::uint64_t seed) : draws_(seed, "routing") {}

  std::size_t choose(const Request& /*request*/, const std::vector<EngineLoad>& loads, const CachedTokens& /*cached*/,
                     double /*now_s*/) override {
    return static_cast<std::size_t>(draws_.below(static_cast<std::int64_t>(loads.size())));
  }

 private:
  RandomStream draws_;
};

}  // namespace

std::unique_ptr<Router> make_random_router(const RouterOptions& options) {
  return std::make_unique<RandomRouter>(options.seed);
}

}  // namespace upmem_des

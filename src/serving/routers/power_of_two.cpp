#include "requests/random_stream.hpp"
#include "serving/routers/routers.hpp"

namespace upmem_des {

namespace {

class PowerOfTwo : public Router {
 public:
  explicit PowerOfTwo(std::uint64_t seed) : draws_(seed, "routing") {}

  std::size_t choose(const Request& /*request*/, const std::vector<EngineLoad>& loads, const CachedTokens& /*cached*/,
                     double /*now_s*/) override {
    const auto below = [&](std::size_t n) {
      return static_cast<std::size_t>(draws_.below(static_cast<std::int64_t>(n)));
    };
    const std::size_t one = below(loads.size());
    if (loads.size() == 1) return one;
    const std::size_t other = (one + 1 + below(loads.size() - 1)) % loads.size();
    return loads[other].outstanding() < loads[one].outstanding() ? other : one;
  }

 private:
  RandomStream draws_;
};

}  // namespace

std::unique_ptr<Router> make_power_of_two(const RouterOptions& options) {
  return std::make_unique<PowerOfTwo>(options.seed);
}

}  // namespace upmem_des

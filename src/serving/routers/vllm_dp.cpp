#include "serving/routers/routers.hpp"

namespace upmem_des {

namespace {

class VllmDp : public Router {
 public:
  std::size_t choose(const Request& /*request*/, const std::vector<EngineLoad>& loads, const CachedTokens& /*cached*/,
                     double now_s) override {
    if (known_.size() != loads.size() || now_s >= known_s_ + every_s) {
      known_ = loads;
      known_s_ = now_s;
    }
    const std::size_t chosen =
        first_least(known_, [](const EngineLoad& load) { return 4 * load.waiting + load.running; });
    ++known_[chosen].waiting;
    return chosen;
  }

 private:
  static constexpr double every_s = 0.1;

  std::vector<EngineLoad> known_;
  double known_s_ = 0;
};

}  // namespace

std::unique_ptr<Router> make_vllm_dp(const RouterOptions& /*options*/) {
  return std::make_unique<VllmDp>();
}

}  // namespace upmem_des

#include <algorithm>

#include "serving/routers/routers.hpp"

namespace upmem_des {

namespace {

class PrefixAware : public Router {
 public:
  explicit PrefixAware(const PrefixWeights& weights) : weights_(weights) {}

  std::size_t choose(const Request& request, const std::vector<EngineLoad>& loads, const CachedTokens& cached,
                     double /*now_s*/) override {
    std::int64_t most = 0;
    for (const EngineLoad& load : loads) most = std::max(most, load.outstanding());
    std::size_t best = 0;
    double best_score = -1;
    for (std::size_t i = 0; i < loads.size(); ++i) {
      const double prefix = static_cast<double>(cached(i)) / static_cast<double>(request.prompt_tokens);
      const double less = most > 0 ? 1 - static_cast<double>(loads[i].outstanding()) / static_cast<double>(most) : 1;
      const double free =
          loads[i].blocks > 0 ? static_cast<double>(loads[i].free_blocks) / static_cast<double>(loads[i].blocks) : 0;
      const double score = weights_.prefix * prefix + weights_.load * less + weights_.free * free;
      if (score <= best_score) continue;
      best = i;
      best_score = score;
    }
    return best;
  }

 private:
  const PrefixWeights weights_;
};

}  // namespace

std::unique_ptr<Router> make_prefix_aware(const RouterOptions& options) {
  return std::make_unique<PrefixAware>(options.weights);
}

}  // namespace upmem_des

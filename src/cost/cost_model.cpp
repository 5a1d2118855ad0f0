#include "upmem_des/cost/cost_model.hpp"

#include <map>
#include <mutex>
#include <utility>

#include "cost/reference_model.hpp"
#include "cost/roofline_model.hpp"
#include "upmem_des/architecture/architecture.hpp"
#include "upmem_des/util/error.hpp"
#include "util/suggest.hpp"

namespace upmem_des {

Architecture CostModel::host_profile(const Architecture& catalogue_host) const {
  return catalogue_host;
}

namespace {

struct Registry {
  std::mutex mutex;
  std::map<std::string, CostModelFactory> factories{
      {"reference", [](const CostOptions& options) { return std::make_unique<ReferenceModel>(options); }},
      {"roofline", [](const CostOptions& options) { return std::make_unique<RooflineModel>(options); }}};
};

Registry& registry() {
  static Registry instance;
  return instance;
}

/// An empty function where the name is unknown.
CostModelFactory find_factory(const std::string& name) {
  Registry& all = registry();
  const std::lock_guard<std::mutex> lock(all.mutex);
  const auto found = all.factories.find(name);
  return found == all.factories.end() ? CostModelFactory() : found->second;
}

}  // namespace

void register_cost_model(const std::string& name, CostModelFactory factory) {
  if (name.empty()) throw InputError("a cost model without a name; expected a text");
  if (!factory) throw InputError("cost model '" + name + "' without a factory; expected a function");
  Registry& all = registry();
  const std::lock_guard<std::mutex> lock(all.mutex);
  all.factories[name] = std::move(factory);
}

std::unique_ptr<CostModel> make_cost_model(const std::string& name, const CostOptions& options) {
  const CostModelFactory factory = find_factory(name);
  if (!factory) {
    const std::vector<std::string> names = cost_model_names();
    throw InputError("unknown cost model '" + name + "'; expected one of " + listed(names) + did_you_mean(name, names));
  }
  return factory(options);
}

std::vector<std::string> cost_model_names() {
  Registry& all = registry();
  const std::lock_guard<std::mutex> lock(all.mutex);
  std::vector<std::string> names;
  for (const auto& [name, factory] : all.factories) names.push_back(name);
  return names;
}

}  // namespace upmem_des

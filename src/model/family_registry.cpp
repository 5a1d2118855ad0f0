#include "model/family_registry.hpp"

#include <map>
#include <mutex>
#include <stdexcept>
#include <utility>

#include "model/families/families.hpp"
#include "util/error.hpp"
#include "util/suggest.hpp"

namespace upmem_des {

namespace {

struct Registry {
  std::mutex mutex;
  // A family of this project is added here: one line.
  std::map<std::string, FamilyBuilder> builders{
      {"llama", describe_llama}, {"mistral", describe_mistral}, {"mixtral", describe_mixtral}};
};

Registry& registry() {
  static Registry instance;
  return instance;
}

}  // namespace

void register_family(const std::string& model_type, FamilyBuilder builder) {
  if (model_type.empty() || !builder) throw std::logic_error("register_family: a name and a builder are needed");
  const std::lock_guard<std::mutex> lock(registry().mutex);
  if (!registry().builders.emplace(model_type, std::move(builder)).second)
    throw std::logic_error("register_family: '" + model_type + "' is registered already");
}

std::vector<std::string> registered_families() {
  const std::lock_guard<std::mutex> lock(registry().mutex);
  std::vector<std::string> names;
  for (const auto& family : registry().builders) names.push_back(family.first);
  return names;
}

DecoderDescription describe_decoder(const DecoderConfig& config) {
  FamilyBuilder builder;
  {
    const std::lock_guard<std::mutex> lock(registry().mutex);
    const auto found = registry().builders.find(config.model_type);
    if (found != registry().builders.end()) builder = found->second;
  }
  if (!builder) {
    const std::vector<std::string> families = registered_families();
    throw InputError({config.source}, "model_type",
                     "'" + config.model_type + "' is not supported; expected one of " + listed(families) +
                         did_you_mean(config.model_type, families));
  }
  return builder(config);
}

}  // namespace upmem_des

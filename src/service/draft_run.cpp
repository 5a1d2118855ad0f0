#include "service/draft_run.hpp"

#include <string>

#include "platform/device_names.hpp"
#include "upmem_des/util/error.hpp"
#include "util/number_text.hpp"

namespace upmem_des {

namespace {

using Method = SpeculativeSection::Method;

void check_mapping(const Scenario& scenario, const SpeculativeSection& section) {
  if (section.mapping) {
    if (scenario.platform.empty())
      throw InputError(section.mapping_where, "serving.speculative.mapping",
                       "needs a machine that model and draft are on; expected platform: FILE");
    return;
  }
  if (!scenario.mapping.lines.empty() || !scenario.mapping.layers.empty())
    throw InputError(section.where, "serving.speculative",
                     section.method == Method::Heads
                         ? "with a mapping of layers by name, which heads do not have; expected mapping.default alone"
                         : "with a mapping of layers by name, which the draft may not have; expected mapping.default "
                           "alone, or serving.speculative.mapping");
}

Scenario draft_scenario(Scenario scenario, const SpeculativeSection& section, std::int64_t layers) {
  // What does not fit is streamed for the model alone.
  scenario.offload = {};
  if (section.method == Method::Heads) {
    scenario.workload.run.last_layers = layers;
    return scenario;
  }
  scenario.workload.model = section.model;
  scenario.workload.source_where = section.model_where;
  scenario.moe.reset();
  if (!section.mapping) return scenario;
  scenario.mapping = {};
  scenario.parallel.reset();
  scenario.mapping.default_device = section.mapping;
  return scenario;
}

std::unique_ptr<PreparedRun> prepared(const Scenario& scenario) {
  return std::make_unique<PreparedRun>(scenario, [](const std::string&) {});
}

void check_vocabulary(const PreparedRun& target, const PreparedRun& draft, const SpeculativeSection& section) {
  const auto words = [](const PreparedRun& run) { return run.workload().header().vocab_size.value_or(0); };
  if (words(draft) != words(target))
    throw InputError(section.model_where, "serving.speculative.model",
                     "has " + std::to_string(words(draft)) + " words, and the model " + std::to_string(words(target)) +
                         "; expected a draft with the same vocabulary, whose tokens are the model's");
}

void check_weights(const PreparedRun& target, const DraftBytes& draft, const Warn& warn) {
  for (DeviceIndex i = 0; i < draft.weights_B.size(); ++i) {
    const DeviceSpec& device = target.platform().devices[i];
    const double model_B = target.held()[i].weights_B, draft_B = draft.weights_B[i];
    if (draft_B == 0 || !device.architecture.capacity_B || model_B + draft_B <= *device.architecture.capacity_B)
      continue;
    const std::string missing =
        device.name + " has capacity_GB of " + number_text(*device.architecture.capacity_B / 1e9) + ", less than " +
        number_text(model_B / 1e9) + " GB of weights and " + number_text(draft_B / 1e9) + " GB of its draft's";
    if (!target.scenario().simulation.allow_overflow)
      throw SimulationError("capacity: " + missing +
                            "; expected larger devices, a draft on others (serving.speculative.mapping), or "
                            "simulation.allow_overflow: true");
    warn(InputError({target.scenario().file}, "simulation.allow_overflow", missing + ", which is not charged for")
             .what());
  }
}

}  // namespace

std::unique_ptr<PreparedRun> draft_run(const Scenario& surveyed, const PreparedRun& target,
                                       const SpeculativeSection& section, std::int64_t longest, const Warn& warn) {
  if (section.method == Method::Ngram) return nullptr;
  check_mapping(surveyed, section);
  if (const std::int64_t layers = target.workload().layers(); section.layers >= layers)
    throw InputError(section.layers_where, "serving.speculative.layers",
                     "is " + std::to_string(section.layers) + ", and the model has " + std::to_string(layers) +
                         " layers; expected fewer");
  if (section.mapping)
    resolve_devices(target.platform(), section.mapping->device, section.mapping_where, "serving.speculative.mapping");
  std::unique_ptr<PreparedRun> draft = prepared(draft_scenario(surveyed, section, section.layers));
  if (draft->platform().devices.size() != target.platform().devices.size() ||
      draft->platform().links.size() != target.platform().links.size())
    throw InputError(section.where, "serving.speculative", "has other devices than the model; expected a platform");
  check_vocabulary(target, *draft, section);
  const std::int64_t positions = draft->workload().max_positions();
  if (positions > 0 && positions < longest)
    warn(InputError(section.model_where, "serving.speculative.model",
                    "was made for " + std::to_string(positions) + " positions, and requests may have " +
                        std::to_string(longest) + " tokens (max_model_len); those beyond are drafted all the same")
             .what());
  return draft;
}

DraftBytes draft_bytes(const Scenario& surveyed, const PreparedRun& target, const PreparedRun& draft,
                       const SpeculativeSection& section, const Warn& warn) {
  DraftBytes bytes;
  const std::size_t devices = target.platform().devices.size();
  for (DeviceIndex i = 0; i < devices; ++i) {
    bytes.weights_B.push_back(draft.held()[i].weights_B);
    bytes.cache_B.push_back(draft.held()[i].kv_cache_B);
  }
  if (section.method == Method::Heads) {
    // What one layer more holds more.
    const std::unique_ptr<PreparedRun> more = prepared(draft_scenario(surveyed, section, section.layers + 1));
    for (DeviceIndex i = 0; i < devices; ++i)
      bytes.weights_B[i] =
          static_cast<double>(section.layers) * (more->held()[i].weights_B - draft.held()[i].weights_B);
  }
  check_weights(target, bytes, warn);
  return bytes;
}

}  // namespace upmem_des

/// The golden cases, read without this project's own trace reader: an independent reading is a better check.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "upmem_des/model/decoder_config.hpp"
#include "upmem_des/model/decoder_run.hpp"
#include "upmem_des/trace/layer_event.hpp"

namespace upmem_des {

/// Names of the cases with a model.json, sorted.
std::vector<std::string> golden_model_cases();

struct GoldenModelCase {
  DecoderConfig config;
  DecoderRun run;
  nlohmann::json header;
  std::vector<nlohmann::json> events;  ///< without map_key, which is the published tool's own
};

GoldenModelCase read_golden_model_case(const std::string& name);

/// The event as a trace would have it; optional fields only where they are set.
nlohmann::json as_json(const LayerEvent& event);

/// The same without path, deps and experts, which the published tool's traces do not have.
nlohmann::json published_json(const LayerEvent& event);

}  // namespace upmem_des

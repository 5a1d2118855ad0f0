#include "model/model_json.hpp"

#include <cmath>
#include <cstdint>
#include <nlohmann/json.hpp>

namespace upmem_des {

namespace {

/// Counts are whole, and written as such.
nlohmann::ordered_json number(double value) {
  if (value == std::floor(value) && value < 9e18) return static_cast<std::int64_t>(value);
  return value;
}

}  // namespace

std::string model_json(const DecoderConfig& config, const ModelFacts& facts) {
  nlohmann::ordered_json json{{"format", "upmem-des-model"},
                              {"version", 1},
                              {"model", config.model},
                              {"model_type", config.model_type},
                              {"layers", config.num_hidden_layers},
                              {"parameters", number(facts.parameters)},
                              {"active_parameters", number(facts.active_parameters)},
                              {"weights_B", number(facts.weights_B)}};
  nlohmann::ordered_json formats = nlohmann::ordered_json::object();
  for (const FormatFacts& format : facts.formats) formats[format.format.name()] = number(format.bytes);
  json["weights_B_by_format"] = formats;
  json["kv_B_per_token"] = number(facts.kv_B_per_token);
  json["kv_B_per_token_beyond_window"] =
      facts.kv_B_beyond_window ? number(*facts.kv_B_beyond_window) : number(facts.kv_B_per_token);
  json["state_B_per_sequence"] = number(facts.state_B_per_sequence);
  json["decode_linear_flop_per_token"] = number(facts.decode_linear_flop_per_token);
  json["parts"] = nlohmann::ordered_json::array();
  for (const BlockFacts& block : facts.blocks)
    json["parts"].push_back({{"part", to_string(block.block)},
                             {"layers_called", block.calls},
                             {"parameters", number(block.parameters)},
                             {"active_parameters", number(block.active_parameters)},
                             {"weights_B", number(block.weights_B)},
                             {"decode_linear_flop_per_token", number(block.linear_flop_per_token)}});
  json["notes"] = config.notes;
  return json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace upmem_des

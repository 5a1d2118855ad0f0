/// Small models and their streams as text, for tests.
#pragma once

#include <string>
#include <vector>

#include "model/decoder_source.hpp"

namespace upmem_des {

/// hidden 8, intermediate 20, `layers` layers, 4 heads of 2 with 2 KV heads, vocabulary 50.
inline DecoderConfig small_config(const std::string& model_type, std::int64_t layers = 1) {
  DecoderConfig config;
  config.model = "small";
  config.source = "small.json";
  config.model_type = model_type;
  config.hidden_size = 8;
  config.intermediate_size = 20;
  config.num_hidden_layers = layers;
  config.num_attention_heads = 4;
  config.num_key_value_heads = 2;
  config.head_dim = 2;
  config.vocab_size = 50;
  if (model_type == "mixtral") {
    config.num_local_experts = 4;
    config.num_experts_per_tok = 2;
  }
  return config;
}

inline DecoderRun small_run(std::int64_t prompt_tokens, std::int64_t output_tokens, std::int64_t batch = 1) {
  DecoderRun run;
  run.prompt_tokens = prompt_tokens;
  run.output_tokens = output_tokens;
  run.batch = batch;
  return run;
}

/// "prefill 0 Linear q_proj #1 [1, 3, 8] x [8, 8] -> [1, 3, 8]"; functions have neither id nor weight.
inline std::string line(const LayerEvent& event) {
  std::string text = std::string(to_string(event.phase)) + " " + std::to_string(event.step) + " " + event.type.str() +
                     " " + event.name.str();
  if (event.id) text += " #" + std::to_string(*event.id);
  text += " " + event.input_shape.str();
  if (event.weight_shape) text += " x " + event.weight_shape->str();
  return text + " -> " + event.output_shape.str();
}

inline std::vector<LayerEvent> events_of(const DecoderConfig& config, const DecoderRun& run) {
  DecoderSource source(config, run);
  std::vector<LayerEvent> events;
  for (LayerEvent event; source.next(event);) events.push_back(event);
  return events;
}

inline std::vector<std::string> lines_of(const DecoderConfig& config, const DecoderRun& run) {
  std::vector<std::string> lines;
  for (const LayerEvent& event : events_of(config, run)) lines.push_back(line(event));
  return lines;
}

}  // namespace upmem_des

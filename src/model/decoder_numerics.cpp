#include "model/decoder_numerics.hpp"

#include <cmath>
#include <map>

#include "model/config_fields.hpp"
#include "util/suggest.hpp"

namespace upmem_des {

namespace {

constexpr std::int64_t max_positions = 1'000'000'000;
constexpr double smallest = 1e-30;  // stands for "above 0"
constexpr double max_theta = 1e15;
constexpr double max_factor = 1e6;
constexpr const char* theta_text = "a number above 0 and at most 1e15";
constexpr const char* factor_text = "a number from 1 to 1e6";
constexpr const char* positive_text = "a number above 0 and at most 1e6";

/// What holds where a configuration says nothing, unless it is Llama's.
struct Defaults {
  double rope_theta = 1e4;
  double rms_norm_eps = 1e-6;
};

Defaults defaults_of(const std::string& model_type) {
  static const std::map<std::string, Defaults> families = {{"gemma3_text", {1e6, 1e-6}}, {"mixtral", {1e6, 1e-5}}};
  const auto found = families.find(model_type);
  return found == families.end() ? Defaults() : found->second;
}

const std::vector<std::string>& rope_types() {
  static const std::vector<std::string> names = {"default", "linear", "llama3", "yarn"};
  return names;
}

/// What Hugging Face 4.44 calls "rope_type" was "type" before.
std::string rope_type(const ConfigFields& fields) {
  const std::string key = !fields.find("rope_type") && fields.find("type") ? "type" : "rope_type";
  const std::string expected = "one of " + listed(rope_types());
  std::string type = fields.text(key, expected);
  for (const std::string& name : rope_types())
    if (type == name) return type;
  fields.fail(key,
              fields.find(key)->shown() + " is not supported; expected " + expected + did_you_mean(type, rope_types()));
}

RopeScaling::Type parsed_type(const std::string& type) {
  if (type == "linear") return RopeScaling::Type::linear;
  return type == "llama3" ? RopeScaling::Type::llama3 : RopeScaling::Type::yarn;
}

/// `positions`: of the model, which yarn compares the original ones to; 0: not told.
RopeScaling read_yarn(const ConfigFields& fields, std::int64_t positions) {
  RopeScaling scaling;
  scaling.type = RopeScaling::Type::yarn;
  scaling.original_max_position_embeddings = fields.count("original_max_position_embeddings", max_positions, positions);
  if (scaling.original_max_position_embeddings == 0)
    fields.fail("original_max_position_embeddings", "missing; expected a whole number from 1 to 1000000000");
  const double ratio = static_cast<double>(positions) / static_cast<double>(scaling.original_max_position_embeddings);
  scaling.factor = ratio >= 1 ? fields.number("factor", 1, max_factor, factor_text, ratio)
                              : fields.number("factor", 1, max_factor, factor_text);
  scaling.beta_fast = fields.number("beta_fast", smallest, max_factor, positive_text, scaling.beta_fast);
  scaling.beta_slow = fields.number("beta_slow", smallest, max_factor, positive_text, scaling.beta_slow);
  scaling.truncate = fields.truth("truncate", true);
  const double mscale = fields.number("mscale", 0, max_factor, "a number from 0 to 1e6", 0);
  scaling.mscale_all_dim = fields.number("mscale_all_dim", 0, max_factor, "a number from 0 to 1e6", 0);
  const bool has_both = mscale > 0 && scaling.mscale_all_dim > 0;
  const double implied = has_both
                             ? yarn_mscale(scaling.factor, mscale) / yarn_mscale(scaling.factor, scaling.mscale_all_dim)
                             : yarn_mscale(scaling.factor, 1);
  scaling.attention_factor = fields.number("attention_factor", smallest, max_factor, positive_text, implied);
  return scaling;
}

RopeScaling read_scaling(const ConfigFields& fields, std::int64_t positions) {
  RopeScaling scaling;
  const std::string type = rope_type(fields);
  if (type == "default") return scaling;
  scaling.type = parsed_type(type);
  if (scaling.type == RopeScaling::Type::yarn) return read_yarn(fields, positions);
  scaling.factor = fields.number("factor", 1, max_factor, factor_text);
  if (scaling.type == RopeScaling::Type::linear) return scaling;
  scaling.low_freq_factor = fields.number("low_freq_factor", smallest, max_factor, positive_text);
  scaling.high_freq_factor = fields.number("high_freq_factor", smallest, max_factor, positive_text);
  if (scaling.high_freq_factor <= scaling.low_freq_factor)
    fields.fail("high_freq_factor",
                fields.find("high_freq_factor")->shown() + "; expected more than the low_freq_factor");
  scaling.original_max_position_embeddings = fields.count("original_max_position_embeddings", max_positions);
  return scaling;
}

/// One object that says all of a rotary embedding.
void read_parameters(const ConfigFields& fields, std::int64_t positions, double& theta, RopeScaling& scaling) {
  scaling = read_scaling(fields, positions);
  theta = fields.number("rope_theta", smallest, max_theta, theta_text, theta);
}

void read_rope(const ConfigFields& fields, DecoderNumerics& numerics) {
  const std::int64_t positions = fields.count("max_position_embeddings", max_positions, 0);
  numerics.rope_theta = fields.number("rope_theta", smallest, max_theta, theta_text, numerics.rope_theta);
  numerics.local_rope_theta =
      fields.number("rope_local_base_freq", smallest, max_theta, theta_text, numerics.local_rope_theta);
  fields.number("partial_rotary_factor", 1, 1, "1, heads that are rotated whole", 1);
  for (const char* key : {"rope_scaling", "rope_parameters"}) {
    const std::optional<ConfigFields> by_layer = fields.find_object(key);
    if (!by_layer) continue;
    if (!by_layer->find("full_attention") && !by_layer->find("sliding_attention")) {
      read_parameters(*by_layer, positions, numerics.rope_theta, numerics.rope_scaling);
      return;
    }
    if (const std::optional<ConfigFields> full = by_layer->find_object("full_attention"))
      read_parameters(*full, positions, numerics.rope_theta, numerics.rope_scaling);
    if (const std::optional<ConfigFields> sliding = by_layer->find_object("sliding_attention"))
      read_parameters(*sliding, positions, numerics.local_rope_theta, numerics.local_rope_scaling);
    return;
  }
}

DecoderNumerics read_numerics(const JsonNode& object, const DecoderConfig& config) {
  const ConfigFields fields(object);
  const Defaults defaults = defaults_of(config.model_type);
  DecoderNumerics numerics;
  numerics.rope_theta = defaults.rope_theta;
  read_rope(fields, numerics);
  numerics.rms_norm_eps = fields.number("rms_norm_eps", 0, 1, "a number from 0 to 1", defaults.rms_norm_eps);
  numerics.initializer_range = fields.number("initializer_range", 0, 100, "a number from 0 to 100", 0.02);
  numerics.tie_word_embeddings = fields.truth("tie_word_embeddings", config.is_tied);
  if (config.model_type == "llama") {
    numerics.attention_bias = fields.truth("attention_bias", false);
    numerics.mlp_bias = fields.truth("mlp_bias", false);
  }
  numerics.max_position_embeddings = fields.count("max_position_embeddings", max_positions, 0);
  numerics.warnings = fields.misspelt(numeric_keys());
  return numerics;
}

}  // namespace

double yarn_mscale(double factor, double scale) {
  return factor <= 1 ? 1 : 0.1 * scale * std::log(factor) + 1;
}

DecoderNumerics parse_model_numerics(std::string_view text, const DecoderConfig& config) {
  return read_numerics(*read_config_json(text, config.source), config);
}

DecoderNumerics read_model_numerics(const DecoderConfig& config) {
  if (config.object != nullptr) return read_numerics(*config.object, config);
  return parse_model_numerics(read_config_text(config.source), config);
}

}  // namespace upmem_des

#include "model/decoder_numerics.hpp"

#include "model/config_fields.hpp"
#include "model/json_object.hpp"
#include "util/suggest.hpp"

namespace upmem_des {

namespace {

constexpr std::int64_t max_positions = 1'000'000'000;
constexpr double smallest = 1e-30;  // stands for "above 0"
constexpr double max_theta = 1e15;
constexpr double max_factor = 1e6;
constexpr const char* theta_text = "a number above 0, at most 1e15";
constexpr const char* factor_text = "a number from 1 to 1e6";

const std::vector<std::string>& rope_types() {
  static const std::vector<std::string> names = {"default", "linear", "llama3"};
  return names;
}

/// What Hugging Face 4.44 calls "rope_type" was "type" before.
std::string rope_type(const ConfigFields& fields) {
  const std::string key = fields.find("rope_type") == nullptr && fields.find("type") != nullptr ? "type" : "rope_type";
  const std::string expected = "one of " + listed(rope_types());
  const std::string type = fields.text(key, expected);
  for (const std::string& name : rope_types())
    if (type == name) return type;
  fields.fail(key,
              shown(*fields.find(key)) + " is not supported; expected " + expected + did_you_mean(type, rope_types()));
}

RopeScaling read_rope(const ConfigFields& fields) {
  RopeScaling scaling;
  const std::string type = rope_type(fields);
  if (type == "default") return scaling;
  scaling.type = type == "linear" ? RopeScaling::Type::linear : RopeScaling::Type::llama3;
  scaling.factor = fields.number("factor", 1, max_factor, factor_text);
  if (scaling.type == RopeScaling::Type::linear) return scaling;
  scaling.low_freq_factor = fields.number("low_freq_factor", smallest, max_factor, "a number above 0, at most 1e6");
  scaling.high_freq_factor = fields.number("high_freq_factor", smallest, max_factor, "a number above 0, at most 1e6");
  if (scaling.high_freq_factor <= scaling.low_freq_factor)
    fields.fail("high_freq_factor",
                shown(*fields.find("high_freq_factor")) + "; expected more than the low_freq_factor");
  scaling.original_max_position_embeddings = fields.count("original_max_position_embeddings", max_positions);
  return scaling;
}

void read_rope(const JsonObject& object, const ConfigFields& fields, DecoderNumerics& numerics) {
  numerics.rope_theta = fields.number("rope_theta", smallest, max_theta, theta_text, numerics.rope_theta);
  fields.number("partial_rotary_factor", 1, 1, "1, heads that are rotated whole", 1);
  for (const char* key : {"rope_scaling", "rope_parameters"}) {
    const JsonMember* member = fields.find(key);
    if (member == nullptr) continue;
    if (member->kind != JsonMember::Kind::Object) fields.fail(key, shown(*member) + "; expected an object or null");
    const JsonObject nested = object.nested(*member);
    const ConfigFields rope(nested);
    numerics.rope_scaling = read_rope(rope);
    numerics.rope_theta = rope.number("rope_theta", smallest, max_theta, theta_text, numerics.rope_theta);
    return;
  }
}

}  // namespace

DecoderNumerics parse_model_numerics(std::string_view text, const DecoderConfig& config) {
  const JsonObject object(text, config.source);
  const ConfigFields fields(object);
  const bool mixtral = config.model_type == "mixtral";
  DecoderNumerics numerics;
  if (mixtral) numerics.rope_theta = 1e6;
  read_rope(object, fields, numerics);
  numerics.rms_norm_eps = fields.number("rms_norm_eps", 0, 1, "a number from 0 to 1", mixtral ? 1e-5 : 1e-6);
  numerics.initializer_range = fields.number("initializer_range", 0, 100, "a number from 0 to 100", 0.02);
  numerics.tie_word_embeddings = fields.truth("tie_word_embeddings", false);
  if (config.model_type == "llama") {
    numerics.attention_bias = fields.truth("attention_bias", false);
    numerics.mlp_bias = fields.truth("mlp_bias", false);
  }
  numerics.max_position_embeddings = fields.count("max_position_embeddings", max_positions, 0);
  numerics.warnings = fields.misspelt(numeric_keys());
  return numerics;
}

DecoderNumerics read_model_numerics(const DecoderConfig& config) {
  return parse_model_numerics(read_config_text(config.source), config);
}

}  // namespace upmem_des

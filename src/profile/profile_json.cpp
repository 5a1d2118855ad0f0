#include "profile/profile_json.hpp"

#include <nlohmann/json.hpp>
#include <stdexcept>

#include "json/json_node.hpp"
#include "upmem_des/util/error.hpp"

namespace upmem_des {

using Json = nlohmann::json;

namespace {

/// Bytes as the characters U+0000 to U+00FF, for JSON holds no other bytes than those of good UTF-8.
std::string to_characters(const std::string& bytes) {
  std::string text;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80U) {
      text += c;
    } else {
      text += static_cast<char>(0xC0U | (byte >> 6U));
      text += static_cast<char>(0x80U | (byte & 0x3FU));
    }
  }
  return text;
}

std::string to_bytes(const std::string& text) {
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte < 0x80U || i + 1 == text.size())
      bytes += text[i];
    else
      bytes += static_cast<char>(((byte & 0x03U) << 6U) | (static_cast<unsigned char>(text[++i]) & 0x3FU));
  }
  return bytes;
}

std::string text_of(const JsonNode& json, const char* key) {
  return to_bytes(json.at(key).text());
}

Json texts(const std::vector<std::string>& all) {
  Json list = Json::array();
  for (const std::string& text : all) list.push_back(to_characters(text));
  return list;
}

std::vector<std::string> texts_of(const JsonNode& json, const char* key) {
  std::vector<std::string> all;
  for (const JsonNode& text : json.at(key).items()) all.push_back(to_bytes(text.text()));
  return all;
}

std::vector<std::int64_t> integers_of(const JsonNode& list) {
  std::vector<std::int64_t> all;
  for (const JsonNode& item : list.items()) all.push_back(item.integer());
  return all;
}

Json to_object(const ScriptRequest& script) {
  Json inputs = Json::array();
  for (const InputValue& input : script.inputs) inputs.push_back(to_characters(to_string(input)));
  return {{"file", to_characters(script.file)},
          {"inputs", inputs},
          {"repeat", script.repeat},
          {"warmup", script.warmup},
          {"operator_libraries", texts(script.operator_libraries)}};
}

ScriptRequest script_of(const JsonNode& json) {
  ScriptRequest script;
  script.file = text_of(json, "file");
  for (const std::string& input : texts_of(json, "inputs")) script.inputs.push_back(parse_input(input, {}));
  script.repeat = json.at("repeat").integer();
  script.warmup = json.at("warmup").integer();
  script.operator_libraries = texts_of(json, "operator_libraries");
  return script;
}

Json to_object(const DecoderRequest& decoder) {
  const DecoderRun& run = decoder.run;
  return {{"folder", to_characters(decoder.folder)},
          {"prompt_tokens", run.prompt_tokens},
          {"output_tokens", run.output_tokens},
          {"batch", run.batch},
          {"dtype", to_string(run.dtype)},
          {"attention", to_string(run.attention)},
          {"logits", to_string(run.logits)},
          {"sampling", run.sampling},
          {"routing", to_string(run.routing)},
          {"routing_seed", run.routing_seed},
          {"routing_exponent", run.routing_exponent},
          {"call_empty_experts", run.call_empty_experts},
          {"route_by_rule", decoder.route_by_rule},
          {"temperature", decoder.sampling.temperature},
          {"top_k", decoder.sampling.top_k},
          {"top_p", decoder.sampling.top_p},
          {"prompt", to_characters(decoder.prompt)},
          {"prompt_ids", decoder.prompt_ids},
          {"prompt_ids_file", to_characters(decoder.prompt_ids_file)},
          {"warmup", decoder.warmup}};
}

template <class Value>
Value named(const JsonNode& json, const char* key, std::optional<Value> (*parse)(std::string_view)) {
  if (const auto value = parse(json.at(key).text_view())) return *value;
  json.fail(key, "an unknown value");
}

DecoderRequest decoder_of(const JsonNode& json) {
  DecoderRequest decoder;
  DecoderRun& run = decoder.run;
  decoder.folder = text_of(json, "folder");
  run.prompt_tokens = json.at("prompt_tokens").integer();
  run.output_tokens = json.at("output_tokens").integer();
  run.batch = json.at("batch").integer();
  run.dtype = named(json, "dtype", parse_number_format);
  run.attention = named(json, "attention", parse_attention);
  run.logits = named(json, "logits", parse_logits);
  run.sampling = json.at("sampling").truth();
  run.routing = named(json, "routing", parse_routing);
  run.routing_seed = json.at("routing_seed").unsigned_integer();
  run.routing_exponent = json.at("routing_exponent").any_number();
  run.call_empty_experts = json.at("call_empty_experts").truth();
  decoder.route_by_rule = json.at("route_by_rule").truth();
  decoder.sampling.temperature = json.at("temperature").any_number();
  decoder.sampling.top_k = json.at("top_k").integer();
  decoder.sampling.top_p = json.at("top_p").any_number();
  decoder.prompt = text_of(json, "prompt");
  decoder.prompt_ids = integers_of(json.at("prompt_ids"));
  decoder.prompt_ids_file = text_of(json, "prompt_ids_file");
  decoder.warmup = json.at("warmup").integer();
  return decoder;
}

Json to_object(const MeasuredPhase& phase) {
  Json json{{"time_s", phase.time_s}, {"passes", phase.passes}, {"energy", nullptr}};
  if (phase.energy) json["energy"] = {{"package_J", phase.energy->package_J}, {"dram_J", phase.energy->dram_J}};
  return json;
}

MeasuredPhase phase_of(const JsonNode& json) {
  MeasuredPhase phase;
  phase.time_s = json.at("time_s").any_number();
  phase.passes = json.at("passes").integer();
  if (const auto energy = json.find("energy"))
    phase.energy = CpuEnergy{energy->at("package_J").any_number(), energy->at("dram_J").any_number()};
  return phase;
}

/// Runs `read` on the parsed text. What is wrong with it is no fault of the user.
template <class Read>
auto parsed(const std::string& text, const char* what, Read&& read) {
  try {
    const JsonDocument document(text, "", what, no_lines);
    return read(document.root());
  } catch (const InputError& error) {
    throw SimulationError(std::string(what) + " that cannot be read: " + error.what());
  }
}

}  // namespace

std::string to_json(const ProfileRequest& request) {
  Json json{{"seed", request.seed}, {"sim_compute", request.sim_compute}, {"threads", request.threads}};
  if (const auto* script = std::get_if<ScriptRequest>(&request.network))
    json["torchscript"] = to_object(*script);
  else if (const auto* decoder = std::get_if<DecoderRequest>(&request.network))
    json["model"] = to_object(*decoder);
  else
    throw std::logic_error("an archive of torch.export, which libtorch does not run");
  return json.dump();
}

std::string to_json(const ProfileReply& reply) {
  Json phases = Json::array();
  for (const MeasuredPhase& phase : reply.phases) phases.push_back(to_object(phase));
  const Json json{{"phases", phases},
                  {"events", reply.events},
                  {"events_s", reply.events_s},
                  {"sim_compute", reply.sim_compute},
                  {"random_weights", reply.random_weights},
                  {"threads", reply.threads},
                  {"cpu", to_characters(reply.cpu)},
                  {"libtorch", to_characters(reply.libtorch)},
                  {"no_energy", to_characters(reply.no_energy)},
                  {"token_ids", reply.token_ids},
                  {"texts", texts(reply.texts)},
                  {"warnings", texts(reply.warnings)}};
  return json.dump();
}

ProfileRequest parse_profile_request(const std::string& json) {
  return parsed(json, "a request", [](const JsonNode& object) {
    ProfileRequest request;
    request.seed = object.at("seed").unsigned_integer();
    request.sim_compute = object.at("sim_compute").truth();
    request.threads = object.at("threads").integer();
    if (object.has("torchscript"))
      request.network = script_of(object.at("torchscript"));
    else
      request.network = decoder_of(object.at("model"));
    return request;
  });
}

ProfileReply parse_profile_reply(const std::string& json) {
  return parsed(json, "an answer of the profiler", [](const JsonNode& object) {
    ProfileReply reply;
    const JsonItems phases = object.at("phases").items();
    if (phases.size() != phase_count)
      object.fail("phases", "a list of " + std::to_string(phases.size()) + "; expected " + std::to_string(phase_count));
    for (std::size_t i = 0; i < phase_count; ++i) reply.phases.at(i) = phase_of(phases[i]);
    reply.events = object.at("events").integer();
    reply.events_s = object.at("events_s").any_number();
    reply.sim_compute = object.at("sim_compute").truth();
    reply.random_weights = object.at("random_weights").truth();
    reply.threads = object.at("threads").integer();
    reply.cpu = text_of(object, "cpu");
    reply.libtorch = text_of(object, "libtorch");
    reply.no_energy = text_of(object, "no_energy");
    for (const JsonNode& row : object.at("token_ids").items()) reply.token_ids.push_back(integers_of(row));
    reply.texts = texts_of(object, "texts");
    reply.warnings = texts_of(object, "warnings");
    return reply;
  });
}

}  // namespace upmem_des

#include "profile/profile_json.hpp"

#include <nlohmann/json.hpp>
#include <stdexcept>

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

std::string text_of(const Json& json, const char* key) {
  return to_bytes(json.at(key).get<std::string>());
}

Json texts(const std::vector<std::string>& all) {
  Json list = Json::array();
  for (const std::string& text : all) list.push_back(to_characters(text));
  return list;
}

std::vector<std::string> texts_of(const Json& json, const char* key) {
  std::vector<std::string> all;
  for (const Json& text : json.at(key)) all.push_back(to_bytes(text.get<std::string>()));
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

ScriptRequest script_of(const Json& json) {
  ScriptRequest script;
  script.file = text_of(json, "file");
  for (const Json& input : json.at("inputs"))
    script.inputs.push_back(parse_input(to_bytes(input.get<std::string>()), {}));
  script.repeat = json.at("repeat");
  script.warmup = json.at("warmup");
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
Value named(const Json& json, const char* key, std::optional<Value> (*parse)(std::string_view)) {
  if (const auto value = parse(json.at(key).get<std::string>())) return *value;
  throw InputError({}, key, "an unknown value");
}

DecoderRequest decoder_of(const Json& json) {
  DecoderRequest decoder;
  DecoderRun& run = decoder.run;
  decoder.folder = text_of(json, "folder");
  run.prompt_tokens = json.at("prompt_tokens");
  run.output_tokens = json.at("output_tokens");
  run.batch = json.at("batch");
  run.dtype = named(json, "dtype", parse_number_format);
  run.attention = named(json, "attention", parse_attention);
  run.logits = named(json, "logits", parse_logits);
  run.sampling = json.at("sampling");
  run.routing = named(json, "routing", parse_routing);
  run.routing_seed = json.at("routing_seed");
  run.routing_exponent = json.at("routing_exponent");
  run.call_empty_experts = json.at("call_empty_experts");
  decoder.route_by_rule = json.at("route_by_rule");
  decoder.sampling.temperature = json.at("temperature");
  decoder.sampling.top_k = json.at("top_k");
  decoder.sampling.top_p = json.at("top_p");
  decoder.prompt = text_of(json, "prompt");
  decoder.prompt_ids = json.at("prompt_ids").get<std::vector<std::int64_t>>();
  decoder.prompt_ids_file = text_of(json, "prompt_ids_file");
  decoder.warmup = json.at("warmup");
  return decoder;
}

Json to_object(const MeasuredPhase& phase) {
  Json json{{"time_s", phase.time_s}, {"passes", phase.passes}, {"energy", nullptr}};
  if (phase.energy) json["energy"] = {{"package_J", phase.energy->package_J}, {"dram_J", phase.energy->dram_J}};
  return json;
}

MeasuredPhase phase_of(const Json& json) {
  MeasuredPhase phase;
  phase.time_s = json.at("time_s");
  phase.passes = json.at("passes");
  if (const Json& energy = json.at("energy"); !energy.is_null())
    phase.energy = CpuEnergy{energy.at("package_J"), energy.at("dram_J")};
  return phase;
}

/// Runs `read` on the parsed text. What is wrong with it is no fault of the user.
template <class Read>
auto parsed(const std::string& text, const char* what, Read&& read) {
  try {
    return read(Json::parse(text));
  } catch (const Json::exception& error) {
    throw SimulationError(std::string(what) + " that cannot be read: " + error.what());
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
  return parsed(json, "a request", [](const Json& object) {
    ProfileRequest request;
    request.seed = object.at("seed");
    request.sim_compute = object.at("sim_compute");
    request.threads = object.at("threads");
    if (object.contains("torchscript"))
      request.network = script_of(object.at("torchscript"));
    else
      request.network = decoder_of(object.at("model"));
    return request;
  });
}

ProfileReply parse_profile_reply(const std::string& json) {
  return parsed(json, "an answer of the profiler", [](const Json& object) {
    ProfileReply reply;
    for (std::size_t i = 0; i < phase_count; ++i) reply.phases.at(i) = phase_of(object.at("phases").at(i));
    reply.events = object.at("events");
    reply.events_s = object.at("events_s");
    reply.sim_compute = object.at("sim_compute");
    reply.random_weights = object.at("random_weights");
    reply.threads = object.at("threads");
    reply.cpu = text_of(object, "cpu");
    reply.libtorch = text_of(object, "libtorch");
    reply.no_energy = text_of(object, "no_energy");
    reply.token_ids = object.at("token_ids").get<std::vector<std::vector<std::int64_t>>>();
    reply.texts = texts_of(object, "texts");
    reply.warnings = texts_of(object, "warnings");
    return reply;
  });
}

}  // namespace upmem_des

#include "report/what_was_run_json.hpp"

#include <map>
#include <nlohmann/json.hpp>

#include "json/json_node.hpp"

namespace upmem_des {

namespace {

using Json = nlohmann::ordered_json;

Json text_or_null(const std::string& text) {
  return text.empty() ? Json() : Json(text);
}

/// By key, as they are read again.
Json lines(const std::vector<std::pair<std::string, std::string>>& pairs) {
  std::map<std::string, std::string> sorted;
  for (const auto& [key, value] : pairs) sorted[key] = value;
  Json json = Json::object();
  for (const auto& [key, value] : sorted) json[key] = value;
  return json;
}

}  // namespace

nlohmann::ordered_json what_was_run_json(const WhatWasRun& run) {
  Json prompts = run.prompt_tokens.size() == 1 ? Json(run.prompt_tokens.front()) : Json(run.prompt_tokens);
  if (run.prompt_tokens.empty()) prompts = Json();
  Json json{
      {"program", text_or_null(run.program)}, {"inputs", text_or_null(run.inputs)},
      {"prompt_tokens", std::move(prompts)},  {"output_tokens", run.output_tokens ? Json(*run.output_tokens) : Json()},
      {"mapping", lines(run.mapping)},        {"settings", lines(run.settings)}};
  if (!run.requests.empty()) json["requests"] = lines(run.requests);
  return json;
}

WhatWasRun read_what_was_run(const JsonNode& root) {
  WhatWasRun run;
  if (!root.has("run")) return run;
  const JsonNode node = root.at("run");
  const auto text = [&node](const char* key) {
    const JsonNode value = node.at(key);
    return value.is_null() ? std::string() : value.text();
  };
  run.program = text("program");
  run.inputs = text("inputs");
  if (const JsonNode prompts = node.at("prompt_tokens"); prompts.is_list()) {
    for (const JsonNode& tokens : prompts.items()) run.prompt_tokens.push_back(tokens.count());
  } else if (!prompts.is_null()) {
    run.prompt_tokens.push_back(prompts.count());
  }
  if (const JsonNode tokens = node.at("output_tokens"); !tokens.is_null()) run.output_tokens = tokens.count();
  run.mapping = node.at("mapping").texts();
  run.settings = node.at("settings").texts();
  if (node.has("requests")) run.requests = node.at("requests").texts();
  return run;
}

}  // namespace upmem_des

#include "golden_case.hpp"

#include <zlib.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace upmem_des {

namespace {

using Json = nlohmann::json;

std::string unpacked(const std::string& path) {
  gzFile file = gzopen(path.c_str(), "rb");
  if (file == nullptr) throw std::runtime_error("cannot open " + path);
  std::string text;
  std::vector<char> part(1U << 16U);
  int read = 0;
  while ((read = gzread(file, part.data(), static_cast<unsigned>(part.size()))) > 0)
    text.append(part.data(), static_cast<std::size_t>(read));
  gzclose(file);
  if (read < 0) throw std::runtime_error("cannot read " + path);
  return text;
}

Json sizes(const Shape& shape) {
  Json list = Json::array();
  for (const std::int64_t size : shape) list.push_back(size);
  return list;
}

}  // namespace

std::vector<std::string> golden_model_cases() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(GOLDEN_DIR))
    if (std::filesystem::exists(entry.path() / "model.json")) names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

GoldenModelCase read_golden_model_case(const std::string& name) {
  const std::string folder = std::string(GOLDEN_DIR) + "/" + name + "/";
  GoldenModelCase golden;
  std::istringstream lines(unpacked(folder + "trace.jsonl.gz"));
  for (std::string line; std::getline(lines, line);) {
    golden.events.push_back(Json::parse(line));
    golden.events.back().erase("map_key");
  }
  golden.header = golden.events.at(0);
  golden.events.erase(golden.events.begin());

  std::ifstream file(folder + "model.json");
  const Json model = Json::parse(file);
  golden.config = parse_model_config(model.at("config").dump(), golden.header.at("model").get<std::string>() + ".json");
  golden.run.prompt_tokens = model.at("prompt_tokens");
  golden.run.output_tokens = model.at("output_tokens");
  golden.run.batch = model.at("batch");
  golden.run.dtype = parse_number_format(golden.header.at("dtype").get<std::string>()).value();
  golden.run.attention = parse_attention(model.at("attention").get<std::string>()).value();
  golden.run.sampling = model.at("sampling");
  golden.run.call_empty_experts = model.at("call_empty_experts");
  return golden;
}

Json as_json(const LayerEvent& event) {
  Json json = {{"seq", event.seq},
               {"kind", to_string(event.kind)},
               {"type", event.type.str()},
               {"name", event.name.str()},
               {"id", event.id ? Json(*event.id) : Json()},
               {"phase", to_string(event.phase)},
               {"step", event.step},
               {"input_shape", sizes(event.input_shape)},
               {"weight_shape", event.weight_shape ? sizes(*event.weight_shape) : Json()},
               {"output_shape", sizes(event.output_shape)}};
  if (!event.path.empty()) json["path"] = event.path.str();
  if (!event.map_key.empty()) json["map_key"] = event.map_key.str();
  if (event.start_ns) json["start_ns"] = *event.start_ns;
  if (event.duration_ns) json["duration_ns"] = *event.duration_ns;
  if (!event.deps.empty()) json["deps"] = event.deps;
  if (!event.experts.empty()) json["experts"] = event.experts;
  if (event.kv_length) json["kv_length"] = *event.kv_length;
  if (event.stride) json["stride"] = *event.stride;
  if (event.padding) json["padding"] = *event.padding;
  if (event.causal) json["causal"] = *event.causal;
  return json;
}

Json published_json(const LayerEvent& event) {
  Json json = as_json(event);
  for (const char* key : {"path", "deps", "experts"}) json.erase(key);
  return json;
}

}  // namespace upmem_des

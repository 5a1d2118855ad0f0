#include "unit/cost/golden_case.hpp"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "util/yaml.hpp"

namespace upmem_des::test {

namespace {

using nlohmann::json;

GoldenCase::Target target(std::string text) {
  const std::size_t comma = text.find(',');
  std::string flags = comma == std::string::npos ? "" : text.substr(comma + 1);
  flags = flags.substr(0, flags.find(','));
  std::string device = text.substr(0, comma);
  std::replace(device.begin(), device.end(), '-', '_');
  return {device, flags.find('t') != std::string::npos, flags.find('m') != std::string::npos};
}

std::optional<std::int64_t> integer(const YamlNode& map, const char* key) {
  const YamlNode* node = map.find(key);
  if (node == nullptr) return std::nullopt;
  return std::stoll(node->scalar);
}

Shape shape(const json& sizes) {
  Shape result;
  for (const json& size : sizes) result.push_back(size.get<std::int64_t>());
  return result;
}

std::optional<std::array<std::int64_t, 2>> pair(const json& line, const char* key) {
  if (!line.contains(key)) return std::nullopt;
  return line[key].get<std::array<std::int64_t, 2>>();
}

LayerEvent event_of(const json& line) {
  LayerEvent event;
  event.seq = line["seq"];
  event.kind = line["kind"] == "layer" ? EventKind::Layer : EventKind::Function;
  event.type = Name(line["type"].get_ref<const std::string&>());
  event.name = Name(line["name"].get_ref<const std::string&>());
  event.map_key = Name(line["map_key"].get_ref<const std::string&>());
  event.input_shape = shape(line["input_shape"]);
  if (!line["weight_shape"].is_null()) event.weight_shape = shape(line["weight_shape"]);
  event.output_shape = shape(line["output_shape"]);
  event.stride = pair(line, "stride");
  event.padding = pair(line, "padding");
  return event;
}

/// The unpacked text of a gzip file.
std::string unpacked(const std::string& path) {
  const std::unique_ptr<gzFile_s, int (*)(gzFile)> file(gzopen(path.c_str(), "rb"), gzclose);
  if (!file) throw std::runtime_error(path + ": cannot be opened");
  std::string text;
  std::array<char, 1U << 16U> buffer{};
  int count = 0;
  while ((count = gzread(file.get(), buffer.data(), buffer.size())) > 0)
    text.append(buffer.data(), static_cast<std::size_t>(count));
  if (count < 0) throw std::runtime_error(path + ": cannot be unpacked");
  return text;
}

}  // namespace

std::vector<std::string> golden_names(const std::string& golden_folder) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(golden_folder))
    if (std::filesystem::exists(entry.path() / "scenario.yaml")) names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

GoldenCase read_golden_case(const std::string& folder) {
  const YamlNode root = read_yaml_file(folder + "/scenario.yaml");
  GoldenCase golden;
  golden.folder = folder;
  const YamlNode& workload = *root.find("workload");
  golden.dtype = *parse_number_format(workload.find("dtype")->scalar);
  golden.last_layer = workload.find("last_layer")->scalar;
  const YamlNode& simulation = *root.find("simulation");
  golden.num_key_value_heads = integer(simulation, "num_key_value_heads");
  golden.sliding_window = integer(simulation, "sliding_window");
  for (const auto& [key, value] : root.find("mapping")->entries) golden.mapping[key] = target(value.scalar);
  if (const YamlNode* moe = root.find("moe")) {
    golden.moe_end = moe->find("end")->scalar;
    golden.experts_per_token = *integer(*moe, "experts_per_token");
  }
  return golden;
}

void for_each_event(const std::string& folder, const std::function<void(const LayerEvent&)>& use) {
  const std::string text = unpacked(folder + "/trace.jsonl.gz");
  std::size_t begin = text.find('\n') + 1;  // after the header
  while (begin < text.size()) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    use(event_of(json::parse(text.begin() + static_cast<std::ptrdiff_t>(begin),
                             text.begin() + static_cast<std::ptrdiff_t>(end))));
    begin = end + 1;
  }
}

}  // namespace upmem_des::test

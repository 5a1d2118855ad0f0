#include "architecture/pim_text.hpp"

#include "architecture/figures.hpp"
#include "util/number_text.hpp"
#include "util/suggest.hpp"

namespace upmem_des {

namespace {

constexpr std::int64_t most_rows = 1'000'000'000;
constexpr std::int64_t most_banks = 10'000'000;
constexpr int digits = 9;

std::vector<std::string> class_names() {
  std::vector<std::string> names;
  for (const OperatorClass kind : operator_classes) names.emplace_back(to_string(kind));
  return names;
}

std::vector<OperatorClass> read_classes(const YamlNode& node) {
  const std::vector<std::string> names = class_names();
  std::vector<OperatorClass> classes;
  for (const YamlNode& item : yaml_sequence(node)) {
    const std::string name = yaml_choice(item, names);
    const OperatorClass kind =
        operator_classes[static_cast<std::size_t>(std::find(names.begin(), names.end(), name) - names.begin())];
    if (std::find(classes.begin(), classes.end(), kind) != classes.end())
      yaml_error(item, name + " a second time; expected it once");
    classes.push_back(kind);
  }
  if (classes.empty()) yaml_error(node, "empty; expected one class of operations at least, or no such key");
  return classes;
}

PimController read_controller(const YamlNode& node) {
  YamlMap map(node);
  PimController controller;
  controller.flops_per_s = yaml_rate(map.required("tflops")) * 1e12;
  if (const YamlNode* bandwidth = map.optional("bw_GBs")) controller.bandwidth_Bps = yaml_giga(*bandwidth);
  if (const YamlNode* energy = map.optional("pj_per_bit")) controller.energy_J_per_byte = yaml_pj_per_bit(*energy);
  if (const YamlNode* serial = map.optional("serial")) controller.is_serial = yaml_truth(*serial);
  map.done();
  return controller;
}

void expect_beside(const YamlNode* node, bool is_there, const char* other) {
  if (node != nullptr && !is_there) yaml_error(*node, std::string("expected ") + other + " beside it");
}

}  // namespace

PimBanks read_pim_banks(const YamlNode& node) {
  YamlMap map(node);
  if (node.entries.empty()) yaml_error(node, "empty; expected one key at least");
  PimBanks pim;
  if (const YamlNode* rows = map.optional("rows_per_weight_pass"))
    pim.rows_per_weight_pass = yaml_integer(*rows, 1, most_rows);
  if (const YamlNode* banks = map.optional("banks"))
    pim.banks = static_cast<double>(yaml_integer(*banks, 1, most_banks));
  const YamlNode* const cache = map.optional("cache_banks");
  if (cache != nullptr) pim.cache_banks = static_cast<double>(yaml_integer(*cache, 1, most_banks));
  if (cache != nullptr && pim.cache_banks > pim.banks) yaml_error(*cache, "more than banks; expected at most as many");
  const YamlNode* const per_output = map.optional("bank_per_output");
  if (per_output != nullptr) pim.bank_per_output = yaml_truth(*per_output);
  expect_beside(per_output, pim.banks > 1, "banks");
  if (const YamlNode* bytes = map.optional("row_bytes")) pim.row_B = yaml_rate(*bytes);
  const YamlNode* const time = map.optional("row_open_ns");
  if (time != nullptr) pim.row_open_s = yaml_ns(*time);
  expect_beside(time, pim.row_B > 0, "row_bytes");
  const YamlNode* const energy = map.optional("row_open_pj");
  if (energy != nullptr) pim.row_open_J = yaml_amount(*energy) * 1e-12;
  expect_beside(energy, pim.row_B > 0, "row_bytes");
  if (const YamlNode* rate = map.optional("input_bw_GBs")) pim.input_Bps = yaml_giga(*rate);
  const YamlNode* const copies = map.optional("input_copies");
  if (copies != nullptr) pim.input_copies = static_cast<double>(yaml_integer(*copies, 1, most_banks));
  expect_beside(copies, pim.input_Bps > 0, "input_bw_GBs");
  if (const YamlNode* rate = map.optional("output_bw_GBs")) pim.output_Bps = yaml_giga(*rate);
  if (const YamlNode* classes = map.optional("in_banks")) pim.classes = read_classes(*classes);
  if (const YamlNode* controller = map.optional("controller")) pim.controller = read_controller(*controller);
  map.done();
  return pim;
}

std::string class_list(const PimBanks& pim) {
  std::vector<std::string> names;
  for (const OperatorClass kind : pim.classes) names.emplace_back(to_string(kind));
  return listed(names);
}

std::string pim_yaml(const PimBanks& pim) {
  std::string text = "  pim:\n";
  const auto line = [&text](const char* key, const std::string& value) {
    text += std::string("    ") + key + ": " + value + "\n";
  };
  const auto number = [](double value) { return rounded_plain(value, digits); };
  const auto line_above = [&](const char* key, double value, double least) {
    if (value > least) line(key, number(value));
  };
  if (pim.rows_per_weight_pass) line("rows_per_weight_pass", std::to_string(*pim.rows_per_weight_pass));
  line_above("banks", pim.banks, 1);
  line_above("cache_banks", pim.cache_banks, 0);
  if (pim.bank_per_output) line("bank_per_output", "true");
  line_above("row_bytes", pim.row_B, 0);
  line_above("row_open_ns", pim.row_open_s * 1e9, 0);
  line_above("row_open_pj", pim.row_open_J * 1e12, 0);
  line_above("input_bw_GBs", pim.input_Bps / 1e9, 0);
  line_above("input_copies", pim.input_copies, 1);
  line_above("output_bw_GBs", pim.output_Bps / 1e9, 0);
  if (!pim.classes.empty()) line("in_banks", "[" + class_list(pim) + "]");
  if (pim.controller) {
    std::string figures = "tflops: " + number(pim.controller->flops_per_s / 1e12);
    if (pim.controller->bandwidth_Bps > 0) figures += ", bw_GBs: " + number(pim.controller->bandwidth_Bps / 1e9);
    if (pim.controller->energy_J_per_byte)
      figures += ", pj_per_bit: " + number(*pim.controller->energy_J_per_byte / 8e-12);
    if (pim.controller->is_serial) figures += ", serial: true";
    line("controller", "{" + figures + "}");
  }
  return text;
}

}  // namespace upmem_des

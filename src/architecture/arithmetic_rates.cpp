#include "architecture/arithmetic_rates.hpp"

#include <string>

#include "architecture/figures.hpp"
#include "util/suggest.hpp"

namespace upmem_des {

namespace {

constexpr double nano = 1e-9;
constexpr double pico = 1e-12;
constexpr double tera = 1e12;

}  // namespace

ArithmeticRates read_arithmetic_rates(const YamlNode* tflops, const YamlNode* tflops_int4) {
  ArithmeticRates rates;
  if (tflops == nullptr || tflops->kind != YamlNode::Kind::Map) {
    if (tflops != nullptr) rates.flops_per_s = yaml_rate(*tflops) * tera;
    if (tflops_int4 != nullptr) rates.flops_per_s_int4 = yaml_rate(*tflops_int4) * tera;
    return rates;
  }
  if (tflops_int4 != nullptr)
    yaml_error(*tflops_int4, "does not go with tflops by format, which says so itself; expected it there");
  static const std::vector<std::string> formats{"int4",  "int8",    "fp8",      "mxfp4",
                                                "nvfp4", "float16", "bfloat16", "float32"};
  for (const auto& [name, node] : tflops->entries) {
    const std::optional<NumberFormat> format = parse_number_format(name);
    if (!format || format->arithmetic() != *format)
      yaml_error(node, "'" + name + "' is no format of arithmetic; expected one of " + listed(formats) +
                           did_you_mean(name, formats));
    for (const auto& known : rates.by_format)
      if (known.first == *format)
        yaml_error(node, "a second rate of " + std::string(format->name()) + "; expected one");
    rates.by_format.emplace_back(*format, yaml_rate(node) * tera);
  }
  if (rates.by_format.empty()) yaml_error(*tflops, "no rate; expected a number, or one for each format");
  return rates;
}

double yaml_ns_per_element(const YamlNode& node) {
  return yaml_rate(node) * nano;
}

double yaml_pj_per_tflop(const YamlNode& node) {
  return yaml_amount(node) * pico / tera;
}

}  // namespace upmem_des

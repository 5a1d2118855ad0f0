/// How fast a device computes, as files say it.
#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "upmem_des/number/number_format.hpp"
#include "util/yaml.hpp"

namespace upmem_des {

/// `tflops`: one rate, or one for each format; `tflops_int4` beside the one rate. In flop per second.
struct ArithmeticRates {
  std::optional<double> flops_per_s;
  std::optional<double> flops_per_s_int4;
  std::vector<std::pair<NumberFormat, double>> by_format;
};

/// Either may be null. Throws InputError on what an architectures file must not say.
ArithmeticRates read_arithmetic_rates(const YamlNode* tflops, const YamlNode* tflops_int4);

/// A time for each element in ns as seconds: yaml_rate() x 1e-9.
double yaml_ns_per_element(const YamlNode& node);

/// An energy in pJ for 1e12 floating-point operations as J for one.
double yaml_pj_per_tflop(const YamlNode& node);

}  // namespace upmem_des

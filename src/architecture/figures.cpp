#include "architecture/figures.hpp"

namespace upmem_des {

namespace {

// Far beyond any device, and small enough that no formula overflows.
constexpr double largest = 1e18;
// A rate below this would make a single layer take longer than SimGrid's clock can tell nanoseconds in.
constexpr double smallest_rate = 1e-9;

double positive(const YamlNode& node, double max) {
  const double value = yaml_number(node, NumberRange::positive(max));
  if (value < smallest_rate) yaml_error(node, "'" + node.scalar + "' is too small; expected at least 1e-9");
  return value;
}

}  // namespace

double yaml_rate(const YamlNode& node) {
  return positive(node, largest);
}

double yaml_amount(const YamlNode& node) {
  return yaml_number(node, NumberRange::not_negative(largest));
}

double yaml_giga(const YamlNode& node) {
  return yaml_rate(node) * 1e9;
}

double yaml_pj_per_bit(const YamlNode& node) {
  return yaml_amount(node) * 8 * 1e-12;
}

double yaml_ns(const YamlNode& node) {
  return yaml_amount(node) * 1e-9;
}

double yaml_share(const YamlNode& node) {
  return positive(node, 1);
}

}  // namespace upmem_des

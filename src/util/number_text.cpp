#include "util/number_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>

#include "upmem_des/util/stated.hpp"

namespace upmem_des {

namespace {

/// Is a number that no double can hold too large, and not too small? Looks at the power of ten of its first digit that
/// is not 0.
bool is_too_large(std::string_view number) {
  const std::size_t exponent_at = std::min(number.find_first_of("eE"), number.size());
  const std::size_t point = std::min(number.find('.'), exponent_at);
  const std::size_t first = number.find_first_of("123456789");
  std::string_view exponent_text = number.substr(std::min(exponent_at + 1, number.size()));
  if (!exponent_text.empty() && exponent_text.front() == '+') exponent_text.remove_prefix(1);
  std::int64_t exponent = 0;
  const auto [stop, error] =
      std::from_chars(exponent_text.data(), exponent_text.data() + exponent_text.size(), exponent);
  if (error == std::errc::result_out_of_range) return exponent_text.front() != '-';
  return static_cast<double>(exponent) + static_cast<double>(point) - static_cast<double>(first) > 0;
}

}  // namespace

std::string stated_number_text(double value) {
  return is_stated(value) ? number_text(value) : not_stated_text;
}

std::string number_text(double value) {
  if (value == std::floor(value) && std::abs(value) < 1e15) return fmt::format("{:.0f}", value);
  return fmt::format("{}", value);
}

bool parse_number(std::string_view text, double& value) {
  if (text.size() > 1 && text.front() == '+' && text[1] != '-') text.remove_prefix(1);
  if (text.empty()) return false;
  const bool begins_as_number =
      (text.front() >= '0' && text.front() <= '9') || text.front() == '.' ||
      (text.size() > 1 && text.front() == '-' && ((text[1] >= '0' && text[1] <= '9') || text[1] == '.'));
  if (!begins_as_number) return false;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (stop != text.data() + text.size()) return false;
  if (error == std::errc::result_out_of_range) {
    value = is_too_large(text) ? (text.front() == '-' ? -1 : 1) * std::numeric_limits<double>::infinity() : 0;
    return true;
  }
  return error == std::errc();
}

std::string rounded_text(double value, int digits) {
  if (!is_stated(value)) return not_stated_text;
  if (value == 0) return "0";
  const double size = std::abs(value);
  if (size < 1e-4 || size >= 1e7) return fmt::format("{:.{}g}", value, digits);
  // Of the rounded value: five digits of 9.99996 are 10.000.
  const std::string rounded = fmt::format("{:.{}e}", size, digits - 1);
  const int before_point = std::stoi(rounded.substr(rounded.find('e') + 1)) + 1;
  return fmt::format("{:.{}f}", value, std::max(0, digits - before_point));
}

std::string rounded_plain(double value, int digits) {
  if (!is_stated(value)) return not_stated_text;
  const std::string text = fmt::format("{:.{}g}", value, digits);
  double rounded = 0;
  return parse_number(text, rounded) && std::abs(rounded) < 1e15 && std::abs(rounded) >= 1e-6 ? number_text(rounded)
                                                                                              : text;
}

Scale scale_for(double largest, const std::string& unit) {
  struct Prefix {
    double factor;
    const char* text;
  };
  constexpr std::array<Prefix, 11> prefixes{{{1e15, "P"},
                                             {1e12, "T"},
                                             {1e9, "G"},
                                             {1e6, "M"},
                                             {1e3, "k"},
                                             {1, ""},
                                             {1e-3, "m"},
                                             {1e-6, "µ"},
                                             {1e-9, "n"},
                                             {1e-12, "p"},
                                             {1e-15, "f"}}};
  for (const Prefix& prefix : prefixes)
    if (largest >= prefix.factor) return {prefix.factor, prefix.text + unit};
  return {1, unit};
}

std::string quantity_text(double value, const char* unit, int digits) {
  if (!is_stated(value)) return not_stated_text;
  const Scale scale = scale_for(std::abs(value), unit);
  return fmt::format("{} {}", rounded_text(value / scale.factor, digits), scale.unit);
}

}  // namespace upmem_des

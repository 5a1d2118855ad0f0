#include "timeline/paje/paje_text.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>

#include "util/harmless_text.hpp"

namespace upmem_des {

std::string paje_string(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : one_line(text)) quoted += c == '"' ? '\'' : c == ',' ? ';' : c;
  if (quoted.size() == 1) quoted += '-';
  return quoted + '"';
}

std::string paje_number(double value) {
  std::array<char, 1100> text{};  // more than the 1 077 characters of the smallest double
  const auto [end, error] = std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  return error == std::errc() ? std::string(text.data(), end) : "0";
}

std::string paje_time(double time_s) {
  constexpr std::size_t most_decimals = 15;
  std::string text = paje_number(time_s);
  const std::size_t point = text.find('.');
  if (point == std::string::npos) return text;
  const std::size_t first = text.find_first_not_of("0.");
  const std::size_t zeros = first > point ? first - point - 1 : 0;  // between the point and the first digit
  const std::size_t decimals = most_decimals + zeros;
  if (text.size() - point - 1 <= decimals) return text;
  text = fmt::format("{:.{}f}", time_s, decimals);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text;
}

}  // namespace upmem_des

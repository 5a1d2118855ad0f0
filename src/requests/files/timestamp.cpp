#include "requests/files/timestamp.hpp"

#include <string>

#include "util/number_text.hpp"

namespace upmem_des {

namespace {

bool take_number(std::string_view& text, std::size_t digits, std::int64_t& value) {
  if (text.size() < digits) return false;
  value = 0;
  for (std::size_t i = 0; i < digits; ++i) {
    if (text[i] < '0' || text[i] > '9') return false;
    value = 10 * value + (text[i] - '0');
  }
  text.remove_prefix(digits);
  return true;
}

bool take_one(std::string_view& text, std::string_view letters) {
  if (text.empty() || letters.find(text[0]) == std::string_view::npos) return false;
  text.remove_prefix(1);
  return true;
}

/// Days since 1970-01-01 in the Gregorian calendar: years counted from March, so that a leap day is a year's last.
std::int64_t days_from(std::int64_t year, std::int64_t month, std::int64_t day) {
  const std::int64_t y = month <= 2 ? year - 1 : year;
  const std::int64_t m = month <= 2 ? month + 9 : month - 3;
  return 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 1 - 719468;
}

}  // namespace

std::optional<Timestamp> parse_timestamp(std::string_view text) {
  std::int64_t year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
  if (!take_number(text, 4, year) || !take_one(text, "-") || !take_number(text, 2, month) || !take_one(text, "-") ||
      !take_number(text, 2, day) || !take_one(text, " T") || !take_number(text, 2, hour) || !take_one(text, ":") ||
      !take_number(text, 2, minute) || !take_one(text, ":") || !take_number(text, 2, second))
    return std::nullopt;
  if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 60) return std::nullopt;
  double fraction = 0;
  if (!text.empty() && text[0] == '.') {
    const std::size_t end = text.find_first_not_of("0123456789", 1);
    const std::string_view digits = text.substr(0, end);
    if (digits.size() < 2 || !parse_number("0" + std::string(digits), fraction)) return std::nullopt;
    text.remove_prefix(digits.size());
  }
  std::int64_t offset_minutes = 0;
  if (text == "Z") {
    text = {};
  } else if (!text.empty()) {
    const bool is_behind = text[0] == '-';
    std::int64_t hours = 0, minutes = 0;
    if (!take_one(text, "+-") || !take_number(text, 2, hours) || !take_one(text, ":") || !take_number(text, 2, minutes))
      return std::nullopt;
    offset_minutes = (is_behind ? -1 : 1) * (60 * hours + minutes);
  }
  if (!text.empty()) return std::nullopt;
  const std::int64_t whole = 3600 * hour + 60 * (minute - offset_minutes) + second;
  return Timestamp{days_from(year, month, day), static_cast<double>(whole) + fraction};
}

}  // namespace upmem_des

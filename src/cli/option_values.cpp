#include "cli/option_values.hpp"

#include <charconv>

#include "util/number_text.hpp"

namespace upmem_des {

CLI::Validator whole_number(std::int64_t least, std::int64_t most) {
  const auto problem = [least, most](const std::string& text) {
    std::int64_t value = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    if (error == std::errc() && stop == end && value >= least && value <= most) return std::string();
    return "'" + text + "'; expected a whole number from " + std::to_string(least) + " to " + std::to_string(most);
  };
  return {problem, ""};
}

CLI::Validator positive_number(double most) {
  const auto problem = [most](const std::string& text) {
    double value = 0;
    if (parse_number(text, value) && value > 0 && value <= most) return std::string();
    return "'" + text + "'; expected a number above 0 and up to " + number_text(most);
  };
  return {problem, ""};
}

CLI::Validator digest_text() {
  const auto problem = [](const std::string& text) {
    if (text.size() == 32 && text.find_first_not_of("0123456789abcdef") == std::string::npos) return std::string();
    return "'" + text + "'; expected 32 hexadecimal digits, as 'upmem-des check' prints them";
  };
  return {problem, ""};
}

}  // namespace upmem_des

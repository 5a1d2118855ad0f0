#include "cli/option_values.hpp"

#include <algorithm>
#include <charconv>

#include "util/number_text.hpp"

namespace upmem_des {

namespace {

// By it the choices of an option are found again: CLI11 keeps nothing else beside one.
constexpr const char* choices = "choices";

std::string description_of(const std::vector<std::string>& names) {
  std::string list;
  for (const std::string& name : names) list += (list.empty() ? "" : ",") + name;
  return "{" + list + "}";
}

}  // namespace

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
    return "'" + text + "'; expected a number above 0 and at most " + number_text(most);
  };
  return {problem, ""};
}

CLI::Validator number_between(double least, double most) {
  const auto problem = [least, most](const std::string& text) {
    double value = 0;
    if (parse_number(text, value) && value >= least && value <= most) return std::string();
    return "'" + text + "'; expected a number from " + number_text(least) + " to " + number_text(most);
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

CLI::Validator one_of(const std::vector<std::string>& names) {
  const auto problem = [names](const std::string& text) {
    if (std::find(names.begin(), names.end(), text) != names.end()) return std::string();
    return "unknown value '" + text + "'; expected one of " + listed(names) + did_you_mean(text, names);
  };
  return {problem, description_of(names), choices};
}

CLI::Validator offered(const std::vector<std::string>& names) {
  return {[](std::string&) { return std::string(); }, description_of(names), choices};
}

std::vector<std::string> choices_of(CLI::Option& option) {
  std::string list;
  try {
    list = option.get_validator(choices)->get_description();
  } catch (const CLI::OptionNotFound&) {
    return {};
  }
  std::vector<std::string> names;
  for (std::size_t begin = 1; begin < list.size();) {  // after the brace
    const std::size_t end = list.find_first_of(",}", begin);
    names.push_back(list.substr(begin, end - begin));
    begin = end + 1;
  }
  return names;
}

}  // namespace upmem_des

#include "explore/shell_words.hpp"

#include <algorithm>
#include <cctype>
#include <string_view>

namespace upmem_des {

namespace {

bool is_plain(char c) {
  constexpr std::string_view marks = "_-./=:,+@%";
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || marks.find(c) != std::string_view::npos;
}

std::string quoted(const std::string& word) {
  // "a=b" as the first word would be an assignment; no command here begins with one.
  if (!word.empty() && std::all_of(word.begin(), word.end(), is_plain)) return word;
  std::string text = "'";
  for (const char c : word) text += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return text + "'";
}

}  // namespace

std::string shell_command(const std::vector<std::string>& words) {
  std::string command;
  for (const std::string& word : words) command += (command.empty() ? "" : " ") + quoted(word);
  return command;
}

}  // namespace upmem_des

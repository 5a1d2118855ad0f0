#include "cli/man_page.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdio>

namespace upmem_des {

namespace {

using Takes = OptionDescription::Takes;

/// "\[u2026]" for the character that begins at `at` in UTF-8; `at` is left at its last byte.
std::string escaped(const std::string& text, std::size_t& at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const int more = byte(at) >= 0xF0U ? 3 : byte(at) >= 0xE0U ? 2 : 1;
  unsigned code = byte(at) & (0x3FU >> static_cast<unsigned>(more));
  for (int i = 0; i < more && at + 1 < text.size(); ++i) code = (code << 6U) | (byte(++at) & 0x3FU);
  std::array<char, 16> buffer{};
  std::snprintf(buffer.data(), buffer.size(), "\\[u%04X]", code);
  return buffer.data();
}

/// Text as troff takes it: hyphens that are typed, ASCII, and no line that begins with a control character.
std::string plain(const std::string& text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\\')
      result += "\\e";
    else if (c == '-')
      result += "\\-";
    else if (static_cast<unsigned char>(c) >= 0x80U)
      result += escaped(text, i);
    else
      result += c;
  }
  if (!result.empty() && (result.front() == '.' || result.front() == '\'')) result.insert(0, "\\&");
  return result;
}

std::string upper(std::string text) {
  for (char& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return text;
}

std::string hyphened(std::string command) {
  for (char& c : command)
    if (c == ' ') c = '-';
  return command;
}

/// What the help calls a value, and what it is if it is not given: "N=16" → N and 16; KEY=VALUE is a name alone.
struct ValueText {
  std::string name, otherwise;
};

ValueText value_of(const OptionDescription& option) {
  ValueText value;
  value.name = option.value.substr(0, option.value.find(' '));
  if (value.name == "...") value.name.clear();
  const std::size_t equals = value.name.find('=');
  if (equals == std::string::npos || equals + 1 == value.name.size()) return value;
  if (std::isupper(static_cast<unsigned char>(value.name[equals + 1])) != 0) return value;
  value.otherwise = value.name.substr(equals + 1);
  value.name.resize(equals);
  return value;
}

std::string synopsis(const CommandDescription& command, const std::string& name) {
  std::string text = ".B " + plain(name) + "\n[\\fIoptions\\fR]\n";
  if (!command.commands.empty()) text += "\\fIcommand\\fR \\&...\n";
  for (const OptionDescription& option : command.options)
    if (option.is_positional)
      text += (option.is_required ? "" : "[") + ("\\fI" + plain(option.names.front()) + "\\fR") +
              (option.repeats ? " \\&..." : "") + (option.is_required ? "" : "]") + "\n";
  return text;
}

/// A sentence, whatever the text ends in.
std::string sentence(const std::string& text) {
  const std::string ellipsis = "…";
  const bool ends =
      text.size() >= ellipsis.size() && text.compare(text.size() - ellipsis.size(), ellipsis.size(), ellipsis) == 0;
  return plain(text) + (ends ? "" : ".") + "\n";
}

std::string options(const CommandDescription& command) {
  std::string text;
  for (const OptionDescription& option : command.options) {
    const std::string font = option.is_positional ? "\\fI" : "\\fB";
    std::string names;
    for (const std::string& name : option.names) names += (names.empty() ? "" : ", ") + font + plain(name) + "\\fR";
    const ValueText value = option.is_positional ? ValueText() : value_of(option);
    text += ".TP\n" + names + (value.name.empty() ? "" : " \\fI" + plain(value.name) + "\\fR") + "\n";
    text += sentence(option.text + (value.otherwise.empty() ? "" : "; " + value.otherwise + " if it is not given"));
  }
  return text;
}

/// Lines of a footer, a paragraph each. Exit codes have a section of their own.
std::string paragraphs(const std::string& text) {
  std::string result;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    if (end > begin && text.rfind("Exit codes: ", begin) != begin)
      result += ".PP\n" + plain(text.substr(begin, end - begin)) + "\n";
    begin = end + 1;
  }
  return result;
}

void add_commands(const CommandDescription& command, const std::string& name, std::string& text) {
  for (const CommandDescription& sub : command.commands) {
    const std::string full = name + " " + sub.name;
    text += ".SS " + plain(full) + "\n" + sentence(sub.text) + ".PP\n" + synopsis(sub, full) + options(sub);
    add_commands(sub, full, text);
  }
}

}  // namespace

std::string man_page(const CommandDescription& command, const std::string& above, const std::string& version) {
  const std::string name = (above.empty() ? "" : above + " ") + command.name;
  std::string text = ".\\\" Written by: " + (above.empty() ? name + " man" : above + " man " + command.name) + "\n";
  text += ".TH " + upper(hyphened(name)) + " 1 \"\" \"" + version + "\" \"User Commands\"\n";
  std::string title = command.text;
  for (char& c : title)
    if (c == '\n') c = ' ';
  text += ".SH NAME\n" + plain(hyphened(name)) + " \\- " + plain(title) + "\n";
  text += ".SH SYNOPSIS\n" + synopsis(command, name);
  if (above.empty()) {
    text += ".SH COMMANDS\n";
    for (const CommandDescription& sub : command.commands)
      text += ".TP\n\\fB" + plain(hyphened(name + " " + sub.name)) + "\\fR(1)\n" + sentence(sub.text);
  }
  text += ".SH OPTIONS\n" + options(command);
  if (!above.empty() && !command.commands.empty()) {
    text += ".SH COMMANDS\n";
    add_commands(command, name, text);
  }
  if (const std::string notes = paragraphs(command.footer); !notes.empty()) text += ".SH NOTES\n" + notes;
  text += ".SH EXIT STATUS\n0: success. 1: the simulation failed. 2: bad input or usage.\n";
  if (above.empty())
    text +=
        ".SH ENVIRONMENT\n.TP\n\\fBUPMEM_DES_DATA\\fR\nThe folder with architectures, platforms and scenarios, in "
        "place "
        "of the one that the program came with.\n.TP\n\\fBNO_COLOR\\fR\nSet to anything: no colours, also on a "
        "terminal.\n"
        ".SH SEE ALSO\n\\fBupmem\\-des\\-sweep\\fR(1), \\fBupmem\\-des\\-plot\\fR(1), "
        "\\fBupmem\\-des\\-plot\\-served\\fR(1), \\fBupmem\\-des\\-plot\\-timeline\\fR(1), "
        "\\fBupmem\\-des\\-highest\\-rate\\fR(1), \\fBupmem\\-des\\-capture\\fR(1)\n";
  else
    text += ".SH SEE ALSO\n\\fB" + plain(above) + "\\fR(1)\n";
  return text;
}

}  // namespace upmem_des

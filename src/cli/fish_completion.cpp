#include <string>

#include "cli/completions.hpp"

namespace upmem_des {

namespace {

using Takes = OptionDescription::Takes;

std::string quoted(const std::string& text) {
  std::string result = "'";
  for (const char c : text) result += c == '\'' || c == '\\' ? std::string("\\") + c : std::string(1, c);
  return result + "'";
}

std::string words_of(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

/// " -s o -l output -r -F -d …"
std::string of_option(const OptionDescription& option) {
  std::string text;
  for (const std::string& name : option.names) {
    if (option.is_positional) break;
    text += name[1] == '-' ? " -l " + name.substr(2) : " -s " + name.substr(1);
  }
  if (option.takes != Takes::Nothing && !option.is_positional) text += " -r";
  if (!option.choices.empty())
    text += " -f -a " + quoted(words_of(option.choices));
  else if (option.takes == Takes::File)
    text += " -F";
  else if (option.takes == Takes::Folder)
    text += " -f -a '(__fish_complete_directories)'";
  else if (option.takes == Takes::Word)
    text += " -f";
  return text + " -d " + quoted(option.text);
}

void add_command(const CommandDescription& description, const std::string& within, std::string& text) {
  std::string condition = within;
  std::string names;
  for (const CommandDescription& sub : description.commands) names += " " + sub.name;
  // Subcommands are offered until one of them is there.
  const std::string before = names.empty() ? within
                                           : (within.empty() ? "not" : within + "; and not") +
                                                 std::string(" __fish_seen_subcommand_from") + names;
  const auto line = [&text](const std::string& when, const std::string& what) {
    text += "complete -c upmem-des" + (when.empty() ? "" : " -n " + quoted(when)) + what + "\n";
  };
  for (const CommandDescription& sub : description.commands)
    line(before, " -f -a " + sub.name + " -d " + quoted(sub.text));
  for (const OptionDescription& option : description.options)
    line(option.is_positional ? before : condition, of_option(option));
  for (const CommandDescription& sub : description.commands)
    add_command(sub, (within.empty() ? "" : within + "; and ") + "__fish_seen_subcommand_from " + sub.name, text);
}

}  // namespace

std::string fish_completion(const CommandDescription& program) {
  std::string text =
      "# Completes upmem-des in fish. Written by: upmem-des completion fish\n"
      "complete -c upmem-des -f\n";
  add_command(program, "", text);
  return text;
}

}  // namespace upmem_des

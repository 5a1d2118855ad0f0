#include <string>

#include "cli/completions.hpp"

namespace upmem_des {

namespace {

using Takes = OptionDescription::Takes;

/// Within single quotes, with what _arguments reads itself made plain.
std::string quoted(const std::string& text) {
  std::string result;
  for (const char c : text) {
    if (c == '\'') {
      result += "'\\''";
      continue;
    }
    if (c == '[' || c == ']' || c == ':' || c == '\\') result += '\\';
    result += c;
  }
  return result;
}

std::string action(const OptionDescription& option) {
  if (!option.choices.empty()) {
    std::string words;
    for (const std::string& word : option.choices) words += (words.empty() ? "" : " ") + word;
    return "(" + words + ")";
  }
  switch (option.takes) {
    case Takes::File:
      return "_files";
    case Takes::Folder:
      return "_files -/";
    case Takes::Nothing:
    case Takes::Word:
      break;
  }
  // Anything; what begins with a hyphen is rather an option.
  return option.is_positional ? "_guard \"^-*\" argument" : " ";
}

/// A specification of _arguments for each name.
std::string specifications(const OptionDescription& option) {
  const std::string value = option.value.empty() ? "value" : option.value;
  if (option.is_positional)
    return " \\\n    '" +
           std::string(option.repeats       ? "*"
                       : option.is_required ? ""
                                            : ":") +
           ":" + quoted(option.names.front()) + ":" + action(option) + "'";
  std::string text;
  std::string all;
  for (const std::string& name : option.names) all += (all.empty() ? "" : " ") + name;
  for (const std::string& name : option.names) {
    text += " \\\n    '" + (option.repeats ? "*" : "(" + all + ")") + name + "[" + quoted(option.text) + "]";
    if (option.takes != Takes::Nothing) text += ":" + quoted(value) + ":" + action(option);
    text += "'";
  }
  return text;
}

std::string function_of(const std::string& command) {
  return "_upmem_des" + command;
}

void add_command(const CommandDescription& description, const std::string& command, std::string& text) {
  std::string options;
  for (const OptionDescription& option : description.options) options += specifications(option);
  text += function_of(command) + "() {\n";
  if (description.commands.empty()) {
    text += "  _arguments -s" + options + "\n}\n";
    return;
  }
  text += "  local context state state_descr line\n  typeset -A opt_args\n  _arguments -s -C" + options +
          " \\\n    '1:command:->command' '*::argument:->argument'\n"
          "  case $state in\n"
          "    command)\n"
          "      local -a commands=(\n";
  for (const CommandDescription& sub : description.commands)
    text += "        '" + sub.name + ":" + quoted(sub.text) + "'\n";
  text += "      )\n      _describe command commands ;;\n    argument)\n      case $words[1] in\n";
  for (const CommandDescription& sub : description.commands)
    text += "        " + sub.name + ") " + function_of(command + "_" + sub.name) + " ;;\n";
  text += "      esac ;;\n  esac\n}\n";
  for (const CommandDescription& sub : description.commands) add_command(sub, command + "_" + sub.name, text);
}

}  // namespace

std::string zsh_completion(const CommandDescription& program) {
  std::string text = "#compdef upmem-des\n# Completes upmem-des in zsh. Written by: upmem-des completion zsh\n";
  add_command(program, "", text);
  return text +
         "if [ \"$funcstack[1]\" = \"_upmem-des\" ]; then\n  _upmem_des \"$@\"\nelse\n  compdef _upmem_des "
         "upmem-des\nfi\n";
}

}  // namespace upmem_des

#include <string>

#include "cli/completions.hpp"

namespace upmem_des {

namespace {

using Takes = OptionDescription::Takes;

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

/// The lines of two `case`s: after which word a value comes, and what a command has.
struct Cases {
  std::string commands;  ///< patterns of words that lead to a subcommand
  std::string values;
  std::string words;
};

/// What completes a value; nothing where it may be any word.
std::string offer(const OptionDescription& option) {
  if (!option.choices.empty()) return "_upmem_des_offer -W '" + joined(option.choices) + "'";
  if (option.takes == Takes::File) return "_upmem_des_files -f";
  return option.takes == Takes::Folder ? "_upmem_des_files -d" : "";
}

void add_value(const OptionDescription& option, const std::string& command, Cases& cases) {
  std::string pattern;
  for (const std::string& name : option.names)
    pattern += (pattern.empty() ? "" : " | ") + std::string("'") + command + ":" + name + "'";
  const std::string action = offer(option);
  cases.values += "    " + pattern + ") " + (action.empty() ? "" : action + "; ") + "return ;;\n";
}

void add_command(const CommandDescription& description, const std::string& command, Cases& cases) {
  std::string words, argument;
  for (const CommandDescription& sub : description.commands) {
    words += (words.empty() ? "" : " ") + sub.name;
    cases.commands += "      '" + command + ":" + sub.name + "') command='" + (command.empty() ? "" : command + " ") +
                      sub.name + "' ;;\n";
  }
  std::string options;
  for (const OptionDescription& option : description.options) {
    if (option.is_positional) {
      argument = offer(option);
      continue;
    }
    options += (options.empty() ? "" : " ") + joined(option.names);
    if (option.takes != Takes::Nothing) add_value(option, command, cases);
  }
  if (argument.empty()) argument = words.empty() ? ":" : "_upmem_des_offer -W '" + words + "'";
  cases.words += "    '" + command + "') if [[ $word == -* ]]; then _upmem_des_offer -W '" + options + "'; else " +
                 argument + "; fi ;;\n";
  for (const CommandDescription& sub : description.commands)
    add_command(sub, command.empty() ? sub.name : command + " " + sub.name, cases);
}

}  // namespace

std::string bash_completion(const CommandDescription& program) {
  Cases cases;
  add_command(program, "", cases);
  return "# Completes upmem-des in bash. Written by: upmem-des completion bash\n"
         "_upmem_des_offer() { mapfile -t COMPREPLY < <(compgen \"$@\" -- \"$word\"); }\n"
         "_upmem_des_files() { compopt -o filenames 2>/dev/null; _upmem_des_offer \"$@\"; }\n"
         "_upmem_des() {\n"
         "  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} command='' i\n"
         "  COMPREPLY=()\n"
         "  for ((i = 1; i < COMP_CWORD; ++i)); do\n"
         "    case \"$command:${COMP_WORDS[i]}\" in\n" +
         cases.commands +
         "    esac\n"
         "  done\n"
         "  case \"$command:$before\" in\n" +
         cases.values +
         "  esac\n"
         "  case \"$command\" in\n" +
         cases.words +
         "  esac\n"
         "}\n"
         "complete -F _upmem_des upmem-des\n";
}

}  // namespace upmem_des

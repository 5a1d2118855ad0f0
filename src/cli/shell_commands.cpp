#include <memory>

#include "cli/command_description.hpp"
#include "cli/commands.hpp"
#include "cli/completions.hpp"
#include "cli/man_page.hpp"
#include "cli/option_values.hpp"
#include "util/suggest.hpp"

namespace upmem_des {

namespace {

std::string completion(CLI::App& app, const std::string& shell) {
  const CommandDescription program = describe(app);
  if (shell == "zsh") return zsh_completion(program);
  return shell == "fish" ? fish_completion(program) : bash_completion(program);
}

std::string page(CLI::App& app, const std::string& command) {
  const CommandDescription program = describe(app);
  const std::string version = program.name + " " + UPMEM_DES_VERSION;
  if (command.empty()) return man_page(program, "", version);
  std::vector<std::string> names;
  for (const CommandDescription& sub : program.commands) {
    if (sub.name == command) return man_page(sub, program.name, version);
    names.push_back(sub.name);
  }
  throw InputError({"man"},
                   "no command '" + command + "'; expected one of " + listed(names) + did_you_mean(command, names));
}

}  // namespace

void add_shell_commands(CLI::App& app, Action& action) {
  auto shell = std::make_shared<std::string>();
  CLI::App* completions = app.add_subcommand("completion", "Print what completes this program's commands in a shell");
  completions->add_option("SHELL", *shell, "bash, zsh or fish")
      ->required()
      ->option_text("SHELL")
      ->check(one_of({"bash", "zsh", "fish"}));
  completions->footer("Try: source <(upmem-des completion bash)");
  completions->callback([&app, shell, &action] { action = [&app, shell] { print(completion(app, *shell)); }; });

  auto command = std::make_shared<std::string>();
  CLI::App* manual = app.add_subcommand("man", "Print a manual page, of the program or of a command");
  manual->add_option("COMMAND", *command, "The command; without it the page of upmem-des(1)")->option_text(" ");
  manual->footer("Try: upmem-des man run | man -l -");
  manual->callback([&app, command, &action] { action = [&app, command] { print(page(app, *command)); }; });
}

}  // namespace upmem_des

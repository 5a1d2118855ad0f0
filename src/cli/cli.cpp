#include "cli/cli.hpp"

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <new>

#include "cli/commands.hpp"
#include "simulation/simulator.hpp"
#include "util/error.hpp"
#include "util/suggest.hpp"

namespace upmem_des {

namespace {

constexpr int simulation_failed = 1;
constexpr int bad_input = 2;

void set_up_log(const CommonOptions& common) {
  auto log = spdlog::stderr_color_mt("upmem-des");
  log->set_pattern("%^upmem-des: %l:%$ %v");
  log->set_level(common.verbose ? spdlog::level::debug : common.quiet ? spdlog::level::err : spdlog::level::warn);
  spdlog::set_default_logger(log);
}

std::vector<std::string> subcommand_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* sub : app.get_subcommands([](const CLI::App*) { return true; }))
    names.push_back(sub->get_name());
  return names;
}

std::string unknown_word(const std::string& word, const std::vector<std::string>& options,
                         const std::vector<std::string>& subcommands) {
  const std::string name = word.substr(0, word.find('='));
  if (word.front() == '-') return "unknown option '" + name + "'" + did_you_mean(name, options);
  if (subcommands.empty()) return "unexpected argument '" + word + "'";
  return "unknown subcommand '" + word + "'; expected one of " + listed(subcommands) + did_you_mean(word, subcommands);
}

/// CLI11 says what is missing; what it could not use, and the nearest thing that it could have, is for us to say.
std::string usage_problem(const CLI::App& app, const CLI::ParseError& error) {
  std::string command = "upmem-des";
  std::vector<std::string> options;  // those of the subcommand and of all above it
  const CLI::App* used = &app;
  for (const CLI::App* part = &app; part != nullptr;) {
    used = part;
    for (const CLI::Option* option : part->get_options())
      for (const std::string& name : option->get_lnames()) options.push_back("--" + name);
    const std::vector<CLI::App*> next = part->get_subcommands();
    part = next.empty() ? nullptr : next.front();
    if (part != nullptr) command += " " + part->get_name();
  }
  const std::vector<std::string> subcommands = subcommand_names(*used);
  const std::vector<std::string> words = app.remaining(true);
  std::string text = error.what();
  if (!words.empty() && !words.front().empty())
    text = unknown_word(words.front(), options, subcommands);
  else if (dynamic_cast<const CLI::RequiredError*>(&error) != nullptr && !subcommands.empty())
    text += "; expected one of " + listed(subcommands);
  return text + " (see '" + command + " --help')";
}

/// An InputError's text is one line whatever the command line or a library held.
int report(const std::string& problem, int code) {
  spdlog::error("{}", InputError(problem).what());
  return code;
}

}  // namespace

void write_standard_output(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size())
    throw InputError({"standard output"}, "cannot be written");
}

void print(const std::string& text) {
  write_standard_output(text);
  if (std::fflush(stdout) != 0) throw InputError({"standard output"}, "cannot be written");
}

int run_command_line(int argc, char** argv) {
  CLI::App app(
      "How fast, and at what energy, does a language model run on an accelerator or on memory\n"
      "with compute inside? A discrete-event simulation tells.",
      "upmem-des");
  CommonOptions common;
  Action action;
  app.set_version_flag("--version",
                       std::string("upmem-des ") + UPMEM_DES_VERSION + " (SimGrid " + simgrid_version() + ")");
  app.set_help_all_flag("--help-all", "Print the help of all subcommands");
  app.require_subcommand(1);
  app.fallthrough();
  app.get_formatter()->column_width(38);
  app.footer("-v, --verbose and -q, --quiet go with every subcommand; see 'upmem-des --help'.");
  auto* verbose = app.add_flag("-v,--verbose", common.verbose, "Tell what is done, on standard error");
  app.add_flag("-q,--quiet", common.quiet, "No warnings, no progress bar, no summary")->excludes(verbose);
  add_run_command(app, common, action);
  add_trace_command(app, action);
  add_arch_command(app, action);
  add_platform_command(app, action);
  app.footer(
      "Try: upmem-des run scenarios/llama-2-7b_4chip.yaml\n"
      "Exit codes: 0 success, 1 the simulation failed, 2 bad input or usage.");

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);
    set_up_log(common);
    return report(usage_problem(app, error), bad_input);
  }
  set_up_log(common);
  try {
    action();
    return 0;
  } catch (const InputError& error) {
    return report(error.what(), bad_input);
  } catch (const std::bad_alloc&) {
    return report("out of memory", simulation_failed);
  } catch (const std::exception& error) {
    return report(error.what(), simulation_failed);
  }
}

}  // namespace upmem_des

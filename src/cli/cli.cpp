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

std::vector<std::string> option_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options())
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  return names;
}

/// CLI11 says what it could not use; the nearest thing that it could have used is for us to say.
std::string usage_problem(const CLI::App& app, const CLI::ParseError& error) {
  std::string text = error.what();
  const CLI::App* used = &app;
  for (bool deeper = true; deeper;) {
    deeper = false;
    for (const CLI::App* sub : used->get_subcommands()) {
      used = sub;
      deeper = true;
      break;
    }
  }
  std::vector<std::string> words = app.remaining(true);
  for (const std::string& word : words) {
    std::vector<std::string> known = option_names(*used);
    for (const CLI::App* sub : used->get_subcommands([](const CLI::App*) { return true; }))
      known.push_back(sub->get_name());
    text += did_you_mean(word.substr(0, word.find('=')), known);
    break;
  }
  std::string command = "upmem-des";
  for (const CLI::App* part = &app; part != used;) {
    part = part->get_subcommands().front();
    command += " " + part->get_name();
  }
  return text + " (see '" + command + " --help')";
}

int report(const std::exception& error, int code) {
  spdlog::error("{}", error.what());
  return code;
}

}  // namespace

void print(const std::string& text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0)
    throw InputError({"standard output"}, "cannot be written");
}

int run_command_line(int argc, char** argv) {
  CLI::App app(
      "How fast, and at what energy, does a language model run on an accelerator or on memory with compute "
      "inside? A discrete-event simulation tells.",
      "upmem-des");
  CommonOptions common;
  Action action;
  app.set_version_flag("--version",
                       std::string("upmem-des ") + UPMEM_DES_VERSION + " (SimGrid " + simgrid_version() + ")");
  app.set_help_all_flag("--help-all", "Print the help of all subcommands");
  app.require_subcommand(1);
  app.fallthrough();
  app.get_formatter()->column_width(38);
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
    spdlog::error("{}", usage_problem(app, error));
    return bad_input;
  }
  set_up_log(common);
  try {
    action();
    return 0;
  } catch (const InputError& error) {
    return report(error, bad_input);
  } catch (const SimulationError& error) {
    return report(error, simulation_failed);
  } catch (const std::bad_alloc&) {
    spdlog::error("out of memory");
    return simulation_failed;
  } catch (const std::exception& error) {
    return report(error, simulation_failed);
  }
}

}  // namespace upmem_des

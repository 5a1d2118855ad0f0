#include "cli/cli.hpp"

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <memory>
#include <new>

#include "cli/commands.hpp"
#include "cli/endings.hpp"
#include "simulation/simulator.hpp"
#include "upmem_des/platform/platform_spec.hpp"
#include "upmem_des/util/error.hpp"
#include "util/harmless_text.hpp"
#include "util/suggest.hpp"

namespace upmem_des {

namespace {

constexpr int simulation_failed = 1;
constexpr int bad_input = 2;

void set_up_log(const CommonOptions& common) {
  // Not registered by its name: a worker's children have a log of their own.
  // https://no-color.org
  const char* const no_color = std::getenv("NO_COLOR");
  const bool plain = no_color != nullptr && *no_color != '\0';
  auto log = std::make_shared<spdlog::logger>(
      "upmem-des", std::make_shared<spdlog::sinks::stderr_color_sink_mt>(plain ? spdlog::color_mode::never
                                                                               : spdlog::color_mode::automatic));
  log->set_pattern("%^upmem-des: %l:%$ %v");
  log->set_level(common.verbose ? spdlog::level::debug : common.quiet ? spdlog::level::err : spdlog::level::warn);
  spdlog::set_default_logger(log);
}

/// Those that the help shows.
std::vector<const CLI::App*> shown_subcommands(const CLI::App& app) {
  return app.get_subcommands([](const CLI::App* sub) { return !sub->get_group().empty(); });
}

std::vector<std::string> subcommand_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* sub : shown_subcommands(app)) names.push_back(sub->get_name());
  return names;
}

/// The subcommand that was given, and how one gives it.
struct Used {
  const CLI::App* app = nullptr;
  std::string command = "upmem-des";
  std::vector<std::string> options;  // its own and those of all above it
};

Used used_of(const CLI::App& app) {
  Used used;
  for (const CLI::App* part = &app; part != nullptr;) {
    used.app = part;
    for (const CLI::Option* option : part->get_options())
      for (const std::string& name : option->get_lnames()) used.options.push_back("--" + name);
    const std::vector<CLI::App*> next = part->get_subcommands();
    part = next.empty() ? nullptr : next.front();
    if (part != nullptr) used.command += " " + part->get_name();
  }
  return used;
}

/// With all subcommands below; CLI11's own ends after one level.
std::string help_of_all(const CLI::App& app, const std::string& above) {
  std::string text = app.help(above);
  const std::string command = (above.empty() ? "" : above + " ") + app.get_name();
  for (const CLI::App* sub : shown_subcommands(app)) text += "\n" + help_of_all(*sub, command);
  return text;
}

std::string help_of_all(const CLI::App& app) {
  const Used used = used_of(app);
  const std::size_t last = used.command.rfind(' ');
  return help_of_all(*used.app, last == std::string::npos ? "" : used.command.substr(0, last));
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
  const Used used = used_of(app);
  const std::vector<std::string> subcommands = subcommand_names(*used.app);
  const std::vector<std::string> words = app.remaining(true);
  std::string text = error.what();
  if (!words.empty() && !words.front().empty())
    text = unknown_word(words.front(), used.options, subcommands);
  else if (dynamic_cast<const CLI::RequiredError*>(&error) != nullptr && !subcommands.empty())
    text += "; expected one of " + listed(subcommands);
  return text + " (see '" + used.command + " --help')";
}

/// An InputError's text is one line whatever the command line or a library held.
int report(const std::string& problem, int code) {
  spdlog::error("{}", InputError(problem).what());
  return code;
}

}  // namespace

void refuse_overwriting(const std::string& output, const std::vector<std::string>& inputs) {
  std::error_code error;
  for (const std::string& input : inputs)
    if (std::filesystem::is_regular_file(output, error) && std::filesystem::equivalent(output, input, error))
      throw InputError({output}, "is read by this command; expected another file to write");
}

void print_warning(const std::string& warning) {
  spdlog::warn("{}", one_line(warning));
}

void write_standard_output(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size())
    throw InputError({"standard output"}, "cannot be written");
}

void print(const std::string& text) {
  write_standard_output(text);
  if (std::fflush(stdout) != 0) throw InputError({"standard output"}, "cannot be written");
}

struct CommandLine::Parts {
  CLI::App app{
      "How fast, and at what energy, does a language model run on an accelerator or on memory\n"
      "with compute inside? A discrete-event simulation tells.",
      "upmem-des"};
  CommonOptions common;
  Action action;
};

CommandLine::CommandLine() : parts_(std::make_unique<Parts>()) {
  auto& [app, common, action] = *parts_;
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
  add_check_command(app, common, action);
  add_explore_command(app, action);
  add_report_command(app, common, action);
  add_profile_command(app, common, action);
  add_trace_command(app, action);
  add_model_command(app, action);
  add_arch_command(app, action);
  add_platform_command(app, action);
  add_validate_command(app, common, action);
  add_calibrate_command(app, common, action);
  add_work_command(app, action);
  add_shell_commands(app, action);
  app.footer(
      "Try: upmem-des run scenarios/llama-2-7b_4chip.yaml\n"
      "Exit codes: 0 success, 1 the simulation failed, 2 bad input or usage.");
}

CommandLine::~CommandLine() = default;

int CommandLine::run(int argc, char** argv) {
  auto& [app, common, action] = *parts_;
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForVersion& version) {
    action = [text = std::string(version.what())] { print(text + "\n"); };
  } catch (const CLI::CallForHelp&) {
    action = [&app = parts_->app] { print(app.help()); };
  } catch (const CLI::CallForAllHelp&) {
    action = [&app = parts_->app] { print(help_of_all(app)); };
  } catch (const CLI::ParseError& error) {
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

int run_command_line(int argc, char** argv) {
  end_tidily();
  return CommandLine().run(argc, argv);
}

}  // namespace upmem_des

/// The subcommands, a file each.
#pragma once

#include <CLI/App.hpp>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace upmem_des {

/// What every subcommand knows.
struct CommonOptions {
  bool verbose = false;
  bool quiet = false;
};

/// The work that the command line asks for; set when its subcommand was parsed.
using Action = std::function<void()>;

void add_run_command(CLI::App& app, const CommonOptions& common, Action& action);
void add_calibrate_command(CLI::App& app, const CommonOptions& common, Action& action);
void add_check_command(CLI::App& app, const CommonOptions& common, Action& action);
void add_explore_command(CLI::App& app, Action& action);
void add_report_command(CLI::App& app, const CommonOptions& common, Action& action);
void add_profile_command(CLI::App& app, const CommonOptions& common, Action& action);
void add_trace_command(CLI::App& app, Action& action);
void add_model_command(CLI::App& app, Action& action);
void add_arch_command(CLI::App& app, Action& action);
void add_platform_command(CLI::App& app, Action& action);
void add_validate_command(CLI::App& app, const CommonOptions& common, Action& action);
void add_work_command(CLI::App& app, Action& action);
/// completion and man, which describe all commands that are there when they run.
void add_shell_commands(CLI::App& app, Action& action);

/// Throws InputError when `output` is one of the files that the command reads.
void refuse_overwriting(const std::string& output, const std::vector<std::string>& inputs);

/// Says it in one line on standard error, unless --quiet was given.
void print_warning(const std::string& warning);

/// Writes to standard output's buffer. Throws InputError when it cannot be written (a full disk); a closed pipe ends
/// the program quietly.
void write_standard_output(std::string_view text);

/// Writes and flushes; throws as write_standard_output() does.
void print(const std::string& text);

}  // namespace upmem_des

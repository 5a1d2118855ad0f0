#include <spdlog/spdlog.h>

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <set>

#include "cli/commands.hpp"
#include "cli/progress_bar.hpp"
#include "cli/scenario_options.hpp"
#include "report/class_table.hpp"
#include "report/comparison.hpp"
#include "report/event_log.hpp"
#include "report/report_registry.hpp"
#include "report/text_report.hpp"
#include "run/run.hpp"
#include "scenario/scenario_writer.hpp"
#include "util/output_file.hpp"

namespace upmem_des {

namespace {

struct RunCommandOptions {
  ScenarioOptions scenario;
  std::map<std::string, std::string> report_files;  // by kind of report
  std::string compare_with;
  bool print_log = false;
  bool print_log_summary = false;
  bool dry_run = false;
  bool strict = false;
};

void warn_or_fail(bool strict, const std::string& warning) {
  if (strict) throw InputError(warning);
  spdlog::warn("{}", warning);
}

/// Files that cannot be written, or that the run reads, are found before the simulation, not after it.
void check_report_files(const RunCommandOptions& options, const Scenario& scenario) {
  std::vector<std::string> read = scenario.architectures;
  read.insert(read.end(), {scenario.file, scenario.workload.model, scenario.workload.trace});
  std::set<std::filesystem::path> written;
  for (const auto& [kind, path] : options.report_files) {
    if (path.empty()) continue;
    refuse_overwriting(path, read);
    std::error_code error;
    const bool is_file = !std::filesystem::exists(path, error) || std::filesystem::is_regular_file(path, error);
    const auto target = std::filesystem::weakly_canonical(std::filesystem::absolute(path, error), error);
    if (is_file && !written.insert(target).second)
      throw InputError({path}, "is named twice; expected a file of its own for each report");
    // Opening and closing a pipe would send its reader away.
    if (!std::filesystem::is_fifo(path, error)) OutputFile probe(path);
  }
}

/// The scenario under another cost model. Comes before the run itself: SimGrid allows one simulation a process, and a
/// child process must not inherit one.
SimulationResult run_with_model(Scenario scenario, const std::string& model,
                                const std::function<void(const std::string&)>& warn) {
  scenario.simulation.cost_model = model;
  scenario.simulation.cost_model_where = {"--compare-with"};
  return run_isolated(scenario, warn);
}

void run_scenario(const RunCommandOptions& options, const CommonOptions& common) {
  const Scenario scenario = load_scenario(options.scenario);
  std::set<std::string> told;  // a comparison finds the same things unusual again
  const auto warn = [&](const std::string& warning) {
    if (told.insert(warning).second) warn_or_fail(options.strict, warning);
  };
  const PreparedRun prepared(scenario, warn);
  check_report_files(options, scenario);
  spdlog::debug("{}: {} events, {} devices", scenario.file, prepared.events(), prepared.platform().devices.size());
  if (options.dry_run) return print(scenario_yaml(scenario));

  std::optional<SimulationResult> other;
  if (!options.compare_with.empty()) other = run_with_model(scenario, options.compare_with, warn);
  ProgressBar bar(!common.quiet && !options.print_log);
  EventLog* log = nullptr;
  std::unique_ptr<EventLog> log_storage;
  if (options.print_log) {
    log_storage = std::make_unique<EventLog>([](std::string_view line) { write_standard_output(line); });
    log = log_storage.get();
  }
  RunOptions run_options;
  run_options.observer = log;
  run_options.progress = [&](std::int64_t done, std::int64_t total) { bar.update(done, total); };
  const SimulationResult result = run(prepared, run_options);
  bar.clear();
  spdlog::debug("simulated {} events", result.events);

  for (const auto& [kind, path] : options.report_files)
    if (!path.empty()) write_report(kind, result, path);
  if (options.print_log) print("\n");
  if (options.print_log_summary) print(class_table(result) + "\n");
  if (!common.quiet) print(result_text(result));
  if (!common.quiet && other) print("\n");
  if (other) print(comparison_text(result, result.cost_model, *other, other->cost_model));
}

}  // namespace

void add_run_command(CLI::App& app, const CommonOptions& common, Action& action) {
  auto options = std::make_shared<RunCommandOptions>();
  CLI::App* run = app.add_subcommand("run", "Simulate a scenario and print time, energy and power");
  add_scenario_options(*run, options->scenario);
  for (const ReportFormat& format : report_formats())
    run->add_option("--" + format.name, options->report_files[format.name], "Write " + format.description)
        ->option_text("FILE");
  run->add_option("--compare-with", options->compare_with, "Run under this cost model too and print the ratios")
      ->option_text("NAME");
  run->add_flag("--print-log", options->print_log, "A line for each event, in order of time");
  run->add_flag("--print-log-summary", options->print_log_summary, "A line for each type and name of event, by phase");
  run->add_flag("--dry-run", options->dry_run, "Simulate nothing; check, and print the scenario with its defaults");
  run->add_flag("--strict", options->strict, "Warnings are errors");
  run->footer("With -q only what was asked for by an option is printed; -v tells what is done.");
  run->callback([options, &common, &action] { action = [options, &common] { run_scenario(*options, common); }; });
}

}  // namespace upmem_des

#include <spdlog/spdlog.h>

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "cli/call_report_options.hpp"
#include "cli/commands.hpp"
#include "cli/option_values.hpp"
#include "cli/output_files.hpp"
#include "cli/progress_bar.hpp"
#include "cli/run_timelines.hpp"
#include "cli/scenario_options.hpp"
#include "cli/serving_run.hpp"
#include "cli/timeline_options.hpp"
#include "report/call_observers.hpp"
#include "report/class_table.hpp"
#include "report/event_log.hpp"
#include "run/checked_scenario.hpp"
#include "run/input_digest.hpp"
#include "run/profile_workload.hpp"
#include "run/run.hpp"
#include "run/what_if.hpp"
#include "scenario/scenario_writer.hpp"
#include "upmem_des/report/comparison.hpp"
#include "upmem_des/report/report_registry.hpp"
#include "upmem_des/report/text_report.hpp"
#include "util/harmless_text.hpp"
#include "util/output_file.hpp"

namespace upmem_des {

namespace {

struct RunCommandOptions {
  ScenarioOptions scenario;
  std::map<std::string, std::string> report_files;  // by kind of report
  TimelineOptions timelines;
  std::string compare_with;
  std::string expected_inputs;  // a digest; empty: whatever they are
  CallReports call_reports;
  std::string requests_csv;
  std::string series_csv;
  std::optional<double> series_s;
  std::optional<bool> what_if;  ///< not said: where it is soon done
  bool dry_run = false;
  bool strict = false;
};

/// Of a run of more events of all devices together, fewer where each is simulated by itself, the summary says what a
/// faster machine would gain only where that was asked for: it takes three more runs.
constexpr std::int64_t most_events_of_what_if = 1'000'000;
constexpr std::int64_t most_events_of_what_if_one_by_one = 50'000;

void warn_or_fail(bool strict, const std::string& warning) {
  if (strict) throw InputError(warning);
  print_warning(warning);
}

std::vector<std::string> written_files(const RunCommandOptions& options) {
  std::vector<std::string> written;
  for (const auto& [kind, path] : options.report_files) written.push_back(path);
  for (const std::string& path : options.timelines.files()) written.push_back(path);
  written.push_back(options.requests_csv);
  written.push_back(options.series_csv);
  return written;
}

/// The scenario under another cost model; `reference` knows layers alone. Comes before the run itself: SimGrid allows
/// one simulation a process, and a child process must not inherit one.
SimulationResult run_with_model(Scenario scenario, const std::string& model,
                                const std::function<void(const std::string&)>& warn) {
  scenario.simulation.cost_model = model;
  scenario.simulation.cost_model_where = {"--compare-with"};
  if (model == "reference") scenario.workload.run.detail = Detail::layers;
  return run_isolated(scenario, warn);
}

/// Is a file written that says where the result comes from?
bool says_inputs(const RunCommandOptions& options) {
  const auto json = options.report_files.find("json");
  return (json != options.report_files.end() && !json->second.empty()) || !options.timelines.html.empty();
}

bool is_soon_answered(const PreparedRun& prepared) {
  const auto devices = static_cast<std::int64_t>(prepared.platform().devices.size());
  const bool is_fast = prepared.scenario().simulation.segments;
  return prepared.events() <= (is_fast ? most_events_of_what_if : most_events_of_what_if_one_by_one) / devices;
}

/// A summary says what a faster machine would gain, unless the scenario asks that itself.
bool asks_what_if(const RunCommandOptions& options, const PreparedRun& prepared, bool is_quiet) {
  if (options.what_if) return *options.what_if;
  return !is_quiet && is_soon_answered(prepared) && !prepared.scenario().simulation.faster.any();
}

void check_inputs(const RunCommandOptions& options, const Scenario& scenario, const PlatformSpec& platform,
                  const InputFiles& files) {
  if (options.expected_inputs.empty()) return;
  expect_inputs(scenario, options.expected_inputs, input_digest(scenario, platform, files));
}

/// What of the options has no meaning with requests, or without.
void check_served(const RunCommandOptions& options, const Scenario& scenario) {
  const auto refuse = [&](bool given, const char* option, const char* why) {
    if (given) throw InputError({option}, why);
  };
  if (scenario.workload.requests) {
    constexpr const char* why =
        "is not made of served requests; expected --json, --cost-csv, --html, --requests-csv or --series-csv";
    const CallReports& calls = options.call_reports;
    refuse(calls.log, "--print-log", why);
    refuse(calls.log_summary, "--print-log-summary", why);
    refuse(calls.layers, "--report-layers", why);
    refuse(calls.functions, "--report-functions", why);
    refuse(!options.compare_with.empty(), "--compare-with", "compares no served requests; expected a run without them");
    for (const std::string& file : options.timelines.files())
      if (!file.empty() && file == options.timelines.simgrid_trace)
        throw InputError({file}, "is no timeline of served requests; expected one by --perfetto, --paje or --html");
    refuse(!options.timelines.window.empty(), "--timeline-window",
           "cuts no timeline of served requests; expected none");
    return;
  }
  constexpr const char* why = "needs a scenario that serves requests; expected workload.requests";
  refuse(!options.requests_csv.empty(), "--requests-csv", why);
  refuse(!options.series_csv.empty(), "--series-csv", why);
  refuse(options.series_s.has_value(), "--series-s", why);
}

void run_scenario(const RunCommandOptions& options, CommonOptions common) {
  const Scenario scenario = load_scenario(options.scenario);
  check_served(options, scenario);
  std::set<std::string> told;  // a comparison finds the same things unusual again
  const auto warn = [&](const std::string& warning) {
    if (told.insert(warning).second) warn_or_fail(options.strict, warning);
  };
  check(options.timelines);
  const std::vector<std::string> written = written_files(options);
  check_outputs(written, files_of(scenario));
  common.quiet = common.quiet || any_to_standard_output(written);
  if (scenario.workload.requests) {
    run_serving(scenario,
                {options.report_files, options.requests_csv, options.series_csv, options.expected_inputs,
                 options.series_s.value_or(1), options.timelines.perfetto, options.timelines.paje,
                 options.timelines.html, common.quiet, options.what_if, options.dry_run},
                warn);
    return;
  }
  using Extent = InputFiles::Extent;
  const InputFiles files(scenario, options.expected_inputs.empty() ? Extent::WithoutNetwork : Extent::WithNetwork);
  if (scenario.workload.profile && (options.dry_run || !options.expected_inputs.empty())) {
    check_inputs(options, scenario, check_unprofiled(scenario, warn), files);
    if (options.dry_run) return print(scenario_yaml(scenario));
  }
  const PreparedRun prepared(scenario, warn);
  if (!scenario.workload.profile) check_inputs(options, prepared.scenario(), prepared.platform(), files);
  spdlog::debug("{}: {} events, {} devices", one_line(scenario.file), prepared.events(),
                prepared.platform().devices.size());
  if (options.dry_run) return print(scenario_yaml(scenario));

  std::optional<SimulationResult> other;
  if (!options.compare_with.empty()) {
    // What is unusual in this run alone, as a line of the mapping that names a kernel where only layers are priced.
    const auto warn_of_other = [&](const std::string& warning) {
      if (told.insert(warning).second)
        warn_or_fail(options.strict, "--compare-with " + options.compare_with + ": " + warning);
    };
    other = run_with_model(prepared.scenario(), options.compare_with, warn_of_other);
  }
  std::vector<WhatIf> answers;
  if (asks_what_if(options, prepared, common.quiet)) answers = what_if_twice(prepared.scenario());
  const CallReports& reports = options.call_reports;
  ProgressBar bar(!common.quiet && !reports.log);
  ObserverList observers;
  std::optional<EventLog> log;
  if (reports.log)
    observers.add(
        log.emplace([](std::string_view line) { write_standard_output(line); }, prepared.platform().has_peer_routes()));
  CallTotals calls;
  CallObserver call_observer(calls);
  if (reports.layers || reports.functions) observers.add(call_observer);
  RunTimelines timelines(options.timelines, prepared);
  RunOptions run_options;
  run_options.watcher = timelines.watcher();
  run_options.trace_file = timelines.trace_file();
  if (!observers.empty()) run_options.observer = &observers;  // a run that nobody watches is faster
  run_options.progress = [&](std::int64_t done, std::int64_t total) { bar.update(done, total); };
  SimulationResult result = run(prepared, run_options);
  bar.clear();
  files.expect_same();
  spdlog::debug("simulated {} events", result.events);
  if (says_inputs(options) && !scenario.workload.profile)
    result.what_was_run.inputs = input_digest(prepared.scenario(), prepared.platform(), files);
  result.what_if = std::move(answers);

  // All texts before the first file: one of them may be too large.
  std::vector<std::pair<std::string, std::string>> report_texts;
  for (const auto& [kind, path] : options.report_files)
    if (!path.empty()) report_texts.emplace_back(path, report_text(kind, result));
  for (const auto& [path, text] : report_texts) write_file(path, text);
  timelines.commit(result, warn);
  if (reports.log) print("\n");
  if (reports.log_summary) print(class_table(result) + "\n");
  if (reports.layers) print(layers_table(calls, TimeOrigin::Simulated) + "\n");
  if (reports.functions) print(functions_table(calls, TimeOrigin::Simulated) + "\n");
  if (!common.quiet) print(result_text(result));
  if (!common.quiet && !options.what_if && !is_soon_answered(prepared))
    print("\nwhat bounds so many events: --what-if simulates them three times more, and says it\n");
  if (!common.quiet && other) print("\n");
  if (other) print(comparison_text({{result.cost_model, &result}, {other->cost_model, &*other}}));
}

}  // namespace

void add_run_command(CLI::App& app, const CommonOptions& common, Action& action) {
  auto options = std::make_shared<RunCommandOptions>();
  CLI::App* run = app.add_subcommand("run", "Simulate a scenario and print time, energy and power");
  add_scenario_options(*run, options->scenario);
  for (const ReportFormat& format : report_formats())
    run->add_option("--" + format.name, options->report_files[format.name], "Write " + format.description)
        ->option_text("FILE");
  add_timeline_options(*run, options->timelines);
  run->add_option("--compare-with", options->compare_with, "Run under this cost model too and print the ratios")
      ->option_text("NAME")
      ->check(offered(cost_model_names()));
  run->add_option("--expect-inputs", options->expected_inputs, "Stop unless 'upmem-des check' gives these inputs")
      ->check(digest_text())
      ->option_text("DIGEST");
  add_call_report_options(*run, options->call_reports);
  run->add_option("--requests-csv", options->requests_csv, "Of served requests: write a row for each as CSV")
      ->option_text("FILE");
  run->add_option("--series-csv", options->series_csv, "Of served requests: write what goes on in each span as CSV")
      ->option_text("FILE");
  run->add_option("--series-s", options->series_s, "How long such a span is, in seconds (1)")
      ->check(number_between(1e-6, 1e9))
      ->option_text("S");
  auto* what_if = run->add_flag_function(
      "--what-if", [options](std::int64_t) { options->what_if = true; },
      "Say what faster memory, arithmetic and links would gain, however long");
  run->add_flag_function(
         "--no-what-if", [options](std::int64_t) { options->what_if = false; }, "Do not say it, which takes three runs")
      ->excludes(what_if);
  run->add_flag("--dry-run", options->dry_run, "Simulate nothing; check, and print the scenario with its defaults");
  run->add_flag("--strict", options->strict, "Warnings are errors");
  run->footer("With -q only what was asked for by an option is printed; -v tells what is done.");
  run->callback([options, &common, &action] { action = [options, &common] { run_scenario(*options, common); }; });
}

}  // namespace upmem_des

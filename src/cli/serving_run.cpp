#include "cli/serving_run.hpp"

#include <memory>
#include <optional>

#include "cli/commands.hpp"
#include "report/cost_csv.hpp"
#include "report/served_rows.hpp"
#include "run/checked_scenario.hpp"
#include "scenario/scenario_writer.hpp"
#include "service/checked_serving.hpp"
#include "service/what_if_served.hpp"
#include "timeline/paje/serving_paje.hpp"
#include "timeline/perfetto/serving_tracks.hpp"
#include "upmem_des/report/html_report.hpp"
#include "upmem_des/report/serving_json.hpp"
#include "upmem_des/report/serving_text.hpp"
#include "util/output_file.hpp"

namespace upmem_des {

namespace {

/// A file that rows are written to as they come, whole or not there.
template <class Rows>
class RowsFile {
 public:
  /// `how` is what Rows is made with beside the way to write.
  template <class... How>
  explicit RowsFile(const std::string& path, How... how) {
    if (path.empty()) return;
    file_ = std::make_unique<OutputFile>(path);
    rows_.emplace([this](std::string_view line) { file_->write(line); }, how...);
  }
  Rows* rows() { return rows_ ? &*rows_ : nullptr; }
  void commit() {
    if (file_ != nullptr) file_->commit();
  }

 private:
  std::unique_ptr<OutputFile> file_;
  std::optional<Rows> rows_;
};

/// Of more requests, or on more devices, the summary says what a faster machine would gain only where that was asked
/// for: they are served three more times.
constexpr std::int64_t most_requests_of_what_if = 500;
constexpr std::size_t most_devices_of_what_if = 4;  // beside HOST

bool asks_what_if(const PreparedServing& prepared, const Scenario& scenario, const ServingOutputs& outputs) {
  if (outputs.what_if) return *outputs.what_if;
  const std::optional<std::int64_t>& count = scenario.workload.requests->count;
  return !outputs.quiet && count && *count <= most_requests_of_what_if &&
         prepared.machine().devices.size() <= 1 + most_devices_of_what_if && !prepared.section().speculative &&
         !scenario.simulation.faster.any();
}

}  // namespace

void run_serving(const Scenario& scenario, const ServingOutputs& outputs, const Warn& warn) {
  for (const auto& [kind, path] : outputs.report_files)
    if (kind != "json" && kind != "cost-csv" && !path.empty())
      throw InputError(
          {"--" + kind},
          "is not made of served requests; expected --json, --cost-csv, --html, --requests-csv or --series-csv");
  const CheckedServing checked = check_serving(scenario, warn);
  if (!outputs.expected_inputs.empty()) expect_inputs(scenario, outputs.expected_inputs, checked.inputs);
  if (outputs.dry_run) return print(scenario_yaml(scenario));
  const ServingSection& section = checked.prepared->section();
  RowsFile<ServedRequestRows> request_rows(outputs.requests_csv, section.disaggregation.has_value(),
                                           section.cache_tier.has_value());
  RowsFile<SampleRows> sample_rows(outputs.series_csv);
  ServeOptions options;
  std::optional<ServingTracks> tracks;
  if (!outputs.perfetto.empty()) tracks.emplace(outputs.perfetto, title_of(scenario));
  if (request_rows.rows() != nullptr) options.requests.push_back(request_rows.rows());
  if (sample_rows.rows() != nullptr) options.watchers.push_back(sample_rows.rows());
  if (tracks) {
    options.requests.push_back(&*tracks);
    options.watchers.push_back(&*tracks);
  }
  std::optional<ServingPaje> paje;
  if (!outputs.paje.empty()) {
    std::size_t instances = 0;
    for (const PreparedServing::Pool& pool : checked.prepared->pools()) instances += pool.instances.size();
    paje.emplace(outputs.paje, title_of(scenario), instances);
    options.requests.push_back(&*paje);
    options.watchers.push_back(&*paje);
  }
  options.sample_s = outputs.series_s;
  std::vector<ServedWhatIf> answers;  // before SimGrid starts here
  if (asks_what_if(*checked.prepared, scenario, outputs)) answers = what_if_served_twice(scenario);
  ServingRun run = serve(*checked.prepared, *checked.requests, options);
  run.machine.what_was_run.inputs = checked.inputs;
  run.serving.what_if = std::move(answers);
  if (run.serving.refused > 0)
    warn(InputError({scenario.file}, "workload.requests",
                    std::to_string(run.serving.refused) + " of " + std::to_string(run.serving.submitted) +
                        " were refused, since they can never be served; --requests-csv says why")
             .what());
  if (const auto json = outputs.report_files.find("json"); json != outputs.report_files.end() && !json->second.empty())
    write_json(run, json->second);
  if (const auto csv = outputs.report_files.find("cost-csv"); csv != outputs.report_files.end() && !csv->second.empty())
    write_file(csv->second, cost_csv(run.machine));
  if (!outputs.html.empty()) write_file(outputs.html, served_html_report({{run.machine.scenario, run}}));
  request_rows.commit();
  sample_rows.commit();
  if (tracks) tracks->commit();
  if (paje) paje->commit();
  if (!outputs.quiet) print(serving_text(run));
}

}  // namespace upmem_des

#include <memory>

#include "cli/commands.hpp"
#include "cli/output_files.hpp"
#include "report/compared_runs.hpp"
#include "report/comparison.hpp"
#include "report/html_report.hpp"
#include "report/json_result.hpp"
#include "report/text_report.hpp"
#include "util/error.hpp"
#include "util/output_file.hpp"

namespace upmem_des {

namespace {

constexpr std::size_t most_results = 64;

struct ReportOptions {
  std::vector<std::string> files;
  std::string html;
};

std::vector<PageResult> read_results(const std::vector<std::string>& files) {
  if (files.size() > most_results)
    throw InputError(std::to_string(files.size()) + " results; expected at most " + std::to_string(most_results));
  std::vector<PageResult> results;
  for (const std::string& file : files) results.push_back({"", read_result_file(file)});
  const std::vector<std::string> names = result_names(files);
  for (std::size_t i = 0; i < names.size(); ++i) results[i].label = names[i];
  return results;
}

std::string text_of(const std::vector<PageResult>& results) {
  if (results.size() == 1) return result_text(results.front().result);
  std::vector<NamedResult> named;
  for (const PageResult& one : results) named.push_back({one.label, &one.result});
  return compared_runs_text(named) + "\n" + comparison_text(with_short_names(named));
}

void report_results(const ReportOptions& options, const CommonOptions& common) {
  if (!options.html.empty()) require_page();
  check_outputs({options.html}, options.files);
  const std::vector<PageResult> results = read_results(options.files);
  if (!options.html.empty()) write_file(options.html, html_report(results, ""));
  if (!common.quiet) print(text_of(results));
}

}  // namespace

void add_report_command(CLI::App& app, const CommonOptions& common, Action& action) {
  auto options = std::make_shared<ReportOptions>();
  CLI::App* report = app.add_subcommand("report", "Show results that run --json wrote, or compare them");
  report->add_option("FILE", options->files, "Results, .json; the first is what the others are compared with")
      ->required()
      ->option_text("... (at most 64)");
  report->add_option("--html", options->html, "Write a page of charts, with all results side by side")
      ->option_text("FILE");
  report->footer(
      "Of one result the summary that run printed; of several a table with ratios to the first.\n"
      "Try: upmem-des report chip.json gpu.json");
  report->callback([options, &common, &action] { action = [options, &common] { report_results(*options, common); }; });
}

}  // namespace upmem_des

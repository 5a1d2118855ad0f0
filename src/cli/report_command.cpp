#include <memory>
#include <utility>
#include <variant>

#include "cli/commands.hpp"
#include "cli/output_files.hpp"
#include "report/compared_runs.hpp"
#include "report/served_comparison.hpp"
#include "upmem_des/report/comparison.hpp"
#include "upmem_des/report/html_report.hpp"
#include "upmem_des/report/json_result.hpp"
#include "upmem_des/report/serving_text.hpp"
#include "upmem_des/report/text_report.hpp"
#include "upmem_des/util/error.hpp"
#include "util/output_file.hpp"

namespace upmem_des {

namespace {

constexpr std::size_t most_results = 64;

struct ReportOptions {
  std::vector<std::string> files;
  std::string html;
};

/// All of one kind; the other list is empty.
struct Results {
  std::vector<PageResult> of_batches;
  std::vector<ServedPageResult> served;
};

Results read_results(const std::vector<std::string>& files) {
  if (files.size() > most_results)
    throw InputError(std::to_string(files.size()) + " results; expected at most " + std::to_string(most_results));
  const std::vector<std::string> names = result_names(files);
  Results results;
  for (std::size_t i = 0; i < files.size(); ++i) {
    AnyResult result = read_any_result_file(files[i]);
    const bool is_served = std::holds_alternative<ServingRun>(result);
    if (i > 0 && is_served == results.served.empty())
      throw InputError({files[i]}, is_served ? "of served requests; expected the result of a batch, as the first one is"
                                             : "of a batch; expected one of served requests, as the first one is");
    if (is_served)
      results.served.push_back({names[i], std::get<ServingRun>(std::move(result))});
    else
      results.of_batches.push_back({names[i], std::get<SimulationResult>(std::move(result))});
  }
  return results;
}

std::string text_of(const std::vector<ServedPageResult>& results) {
  if (results.size() == 1) return serving_text(results.front().run);
  std::vector<NamedServing> named;
  for (const ServedPageResult& one : results) named.push_back({one.label, &one.run});
  return served_comparison_text(named);
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
  const Results results = read_results(options.files);
  const bool is_served = !results.served.empty();
  if (!options.html.empty())
    write_file(options.html, is_served ? served_html_report(results.served) : html_report(results.of_batches, ""));
  if (!common.quiet && !is_standard_output(options.html))
    print(is_served ? text_of(results.served) : text_of(results.of_batches));
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

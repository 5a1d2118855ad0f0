#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>

#include "cli/commands.hpp"
#include "cli/measurement_options.hpp"
#include "cli/option_values.hpp"
#include "cli/output_files.hpp"
#include "measurement/validation.hpp"
#include "util/harmless_text.hpp"
#include "util/output_file.hpp"
#include "util/text_table.hpp"

namespace upmem_des {

namespace {

using Json = nlohmann::ordered_json;

struct ValidateOptions {
  MeasurementOptions measured;
  bool skips_unknown = false;
  std::int64_t worst = 5;
  std::string json, csv;
};

Json group_json(const ErrorGroup& group, bool has_device) {
  Json json = has_device ? Json{{"device", group.device}, {"class", group.kind}} : Json{{"class", group.kind}};
  json["rows"] = group.rows;
  json["mean_pct"] = group.mean_pct;
  json["median_pct"] = group.median_pct;
  json["p90_pct"] = group.p90_pct;
  json["bias_pct"] = group.bias_pct;
  json["suspect"] = group.suspect;
  return json;
}

/// Errors by device and class, and by class.
struct Errors {
  explicit Errors(const std::vector<EstimateError>& errors)
      : groups(error_groups(errors)), pooled(pooled_errors(errors)) {}

  std::vector<ErrorGroup> groups, pooled;
};

std::string json_text(const Errors& times, const Errors& powers) {
  Json json{{"groups", Json::array()}, {"pooled", Json::array()}};
  const auto add = [&](const char* key, const std::vector<ErrorGroup>& groups, bool has_device) {
    for (const ErrorGroup& group : groups) json[key].push_back(group_json(group, has_device));
  };
  add("groups", times.groups, true);
  add("pooled", times.pooled, false);
  add("power_groups", powers.groups, true);
  add("power_pooled", powers.pooled, false);
  return json.dump(2) + "\n";
}

/// Empty where it was not measured.
std::string power_fields(const ValidatedKernel& row) {
  return row.power ? fmt::format("{:.6g},{:.6g}", row.power->measured, row.power->estimated) : ",";
}

std::string csv_text(const std::vector<ValidatedKernel>& rows) {
  std::string text =
      "file,line,device,class,op,shape,measured_us,estimated_us,error_pct,suspect,measured_W,estimated_W\n";
  for (const ValidatedKernel& row : rows)
    // Operations and shapes of traces have layers' names and commas in them.
    text += fmt::format("{},{},{},{},{},{},{:.9g},{:.9g},{:.6g},{},{}\n", csv_cell(row.kernel.where.file),
                        row.kernel.where.line, csv_cell(row.error.device), csv_cell(row.error.kind),
                        csv_cell(row.kernel.operation), csv_cell(row.kernel.shape), row.error.measured * 1e6,
                        row.error.estimated * 1e6, 100 * row.error.relative(), row.error.is_suspect ? 1 : 0,
                        power_fields(row));
  return text;
}

void add_rows(TextTable& table, const std::vector<ErrorGroup>& groups) {
  for (const ErrorGroup& group : groups)
    table.row({group.device.empty() ? "all" : group.device, group.kind, std::to_string(group.rows),
               fmt::format("{:.1f}", group.mean_pct), fmt::format("{:.1f}", group.median_pct),
               fmt::format("{:.1f}", group.p90_pct), fmt::format("{:+.1f}", group.bias_pct),
               std::to_string(group.suspect)});
}

std::string tables(const Errors& errors, const char* title) {
  using Align = TextTable::Align;
  TextTable table(
      {Align::Left, Align::Left, Align::Right, Align::Right, Align::Right, Align::Right, Align::Right, Align::Right});
  table.row({title, "class", "rows", "mean %", "median %", "p90 %", "bias %", "suspect"});
  table.rule();
  add_rows(table, errors.groups);
  table.rule();
  add_rows(table, errors.pooled);
  return table.str();
}

std::string worst_rows(std::vector<ValidatedKernel> rows, std::size_t count) {
  if (count == 0) return "";
  const auto size = [](const ValidatedKernel& row) { return std::abs(row.error.relative()); };
  count = std::min(count, rows.size());
  std::partial_sort(rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(count), rows.end(),
                    [&](const ValidatedKernel& a, const ValidatedKernel& b) { return size(a) > size(b); });
  using Align = TextTable::Align;
  TextTable table({Align::Left, Align::Left, Align::Left, Align::Right, Align::Right, Align::Right});
  table.row({"worst rows", "device", "class", "measured us", "estimated us", "error %"});
  table.rule();
  for (std::size_t i = 0; i < count; ++i)
    table.row({rows[i].kernel.where.file + ":" + std::to_string(rows[i].kernel.where.line), rows[i].error.device,
               rows[i].error.kind, fmt::format("{:.5g}", rows[i].error.measured * 1e6),
               fmt::format("{:.5g}", rows[i].error.estimated * 1e6),
               fmt::format("{:+.1f}", 100 * rows[i].error.relative())});
  return "\n" + table.str();
}

std::string left_out_text(const MeasuredRows& rows, std::size_t unknown) {
  std::string text;
  const auto add = [&](std::size_t count, const char* why) {
    if (count > 0) text += std::to_string(count) + (count == 1 ? " row " : " rows ") + "not taken: " + why + "\n";
  };
  add(rows.noted, "noted to be warm, eager or between nodes");
  add(rows.too_short, "too short for their clock, or of no class");
  add(rows.left_out, "--leave-out");
  add(unknown, "of devices without a profile");
  return text.empty() ? "" : "\n" + text;
}

/// Estimates are those of kernels on the memory's whole bandwidth: a line for devices that would compute in its banks.
std::string without_banks_text(const std::vector<ValidatedKernel>& rows, const Catalogue& catalogue) {
  std::set<std::string> names;
  for (const ValidatedKernel& row : rows) names.insert(row.error.device);
  std::string text;
  for (const std::string& name : names)
    if (const Architecture* const device = catalogue.find(name); device != nullptr && device->pim)
      text += (text.empty() ? "" : ", ") + name;
  return text.empty() ? "" : "\nestimated without `pim`, what runs in banks of a memory: " + text + "\n";
}

void run_validate(const ValidateOptions& options, bool is_quiet) {
  check_outputs({options.json, options.csv}, read_files(options.measured));
  const MeasuredRows rows = read_measurements(options.measured);
  std::size_t unknown = 0;
  const Catalogue catalogue = catalogue_of(options.measured);
  const std::vector<ValidatedKernel> validated = validate(rows.kernels, catalogue, options.skips_unknown, unknown);
  if (validated.empty())
    throw InputError({options.measured.files.front()}, "no rows to compare; expected some that are taken");
  std::vector<EstimateError> of_time, of_power;
  for (const ValidatedKernel& row : validated) {
    of_time.push_back(row.error);
    if (row.power) of_power.push_back(*row.power);
  }
  const Errors times(of_time), powers(of_power);
  if (!options.json.empty()) write_file(options.json, json_text(times, powers));
  if (!options.csv.empty()) write_file(options.csv, csv_text(validated));
  if (!is_quiet && !any_to_standard_output({options.json, options.csv}))
    print(tables(times, "device") + (of_power.empty() ? "" : "\n" + tables(powers, "power")) +
          worst_rows(validated, static_cast<std::size_t>(options.worst)) + without_banks_text(validated, catalogue) +
          left_out_text(rows, unknown));
}

}  // namespace

void add_validate_command(CLI::App& app, const CommonOptions& common, Action& action) {
  auto options = std::make_shared<ValidateOptions>();
  CLI::App* validate = app.add_subcommand("validate", "How far device profiles are from measured kernels");
  add_measurement_options(*validate, options->measured);
  validate->add_flag("--known-only", options->skips_unknown, "Leave rows of devices without a profile out");
  validate->add_option("--worst", options->worst, "Rows with the largest errors to show")
      ->option_text("N=5")
      ->check(whole_number(0, 1000));
  validate->add_option("--json", options->json, "Write the errors as JSON")->option_text("FILE");
  validate->add_option("--csv", options->csv, "Write a row for each measurement")->option_text("FILE");
  validate->callback(
      [options, &common, &action] { action = [options, &common] { run_validate(*options, common.quiet); }; });
}

}  // namespace upmem_des

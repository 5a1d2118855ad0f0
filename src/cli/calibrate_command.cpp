#include <fmt/chrono.h>
#include <fmt/format.h>

#include <chrono>
#include <memory>

#include "calibration/fitted_profile.hpp"
#include "cli/commands.hpp"
#include "cli/measurement_options.hpp"
#include "cli/option_values.hpp"
#include "cli/output_files.hpp"
#include "measurement/validation.hpp"
#include "util/output_file.hpp"
#include "util/text_table.hpp"

namespace upmem_des {

namespace {

struct CalibrateOptions {
  MeasurementOptions measured;
  std::string arch;
  double holdout = 0;
  std::string by = "shape";
  std::int64_t seed = 1;
  std::string output;
};

void add_row(TextTable& table, const Calibration& one, const char* what, const ErrorGroup& errors) {
  table.row({one.fitted.form->name(), one.fitted.format ? one.fitted.format->name() : "any", what,
             std::to_string(errors.rows), fmt::format("{:.1f}", errors.mean_pct),
             fmt::format("{:.1f}", errors.median_pct), fmt::format("{:.1f}", errors.p90_pct),
             fmt::format("{:+.1f}", errors.bias_pct)});
}

std::string tables(const std::vector<Calibration>& calibrations) {
  using Align = TextTable::Align;
  TextTable table(
      {Align::Left, Align::Left, Align::Left, Align::Right, Align::Right, Align::Right, Align::Right, Align::Right});
  table.row({"form", "format", "errors", "rows", "mean %", "median %", "p90 %", "bias %"});
  table.rule();
  for (const Calibration& one : calibrations) {
    add_row(table, one, "in sample", one.in_sample);
    if (one.held_out) add_row(table, one, "held out", *one.held_out);
  }
  std::string text = table.str() + "\n";
  for (const Calibration& one : calibrations) {
    text += one.fitted.title() + ":";
    for (std::size_t i = 0; i < one.fitted.values.size(); ++i)
      if (one.used[i]) text += fmt::format(" {} {:.4g}", one.fitted.form->parameters()[i].key, one.fitted.values[i]);
    text += "\n";
  }
  return text;
}

void run_calibrate(const CalibrateOptions& options, bool is_quiet) {
  check_outputs({options.output}, read_files(options.measured));
  const Catalogue catalogue = catalogue_of(options.measured);
  const Architecture& device = catalogue.get(options.arch, {"--arch"}, "");
  const MeasuredRows rows = read_measurements(options.measured);
  std::vector<MeasuredKernel> own;
  for (const MeasuredKernel& kernel : rows.kernels)
    if (const Architecture* profile = profile_of(catalogue, kernel.hardware);
        profile != nullptr && profile->name == device.name)
      own.push_back(kernel);
  if (own.empty())
    throw InputError({options.measured.files.front()}, "no rows of " + device.name + "; expected some of its hardware");
  const std::vector<Calibration> calibrations =
      calibrate(device, own, {options.holdout, options.by == "shape", static_cast<std::uint64_t>(options.seed)});
  const std::string date =
      fmt::format("{:%Y-%m-%d}", fmt::gmtime(std::chrono::system_clock::to_time_t(std::chrono::system_clock::now())));
  write_file(options.output, fitted_profile(device, calibrations, options.measured.files, date));
  if (!is_quiet && !is_standard_output(options.output)) print(tables(calibrations));
}

}  // namespace

void add_calibrate_command(CLI::App& app, const CommonOptions& common, Action& action) {
  auto options = std::make_shared<CalibrateOptions>();
  CLI::App* calibrate = app.add_subcommand("calibrate", "Fit a device profile's efficiencies to measured kernels");
  add_measurement_options(*calibrate, options->measured);
  calibrate->add_option("--arch", options->arch, "Device whose peaks hold, and whose rows are taken")
      ->option_text("NAME")
      ->required();
  calibrate->add_option("--holdout", options->holdout, "Also fit without this share, and print the errors on it")
      ->option_text("FRACTION=0")
      ->check(number_between(0, 0.9));
  calibrate->add_option("--by", options->by, "What is held out: whole shapes, or rows")
      ->option_text("shape|row")
      ->check(one_of({"shape", "row"}));
  calibrate->add_option("--seed", options->seed, "Of what is held out")->option_text("N=1")->check(whole_number(0));
  calibrate->add_option("-o,--output", options->output, "Architectures file to write")->option_text("FILE")->required();
  calibrate->callback(
      [options, &common, &action] { action = [options, &common] { run_calibrate(*options, common.quiet); }; });
}

}  // namespace upmem_des

#include "cli/measurement_options.hpp"

#include <algorithm>

#include "measurement/measured_trace.hpp"
#include "upmem_des/util/error.hpp"
#include "util/number_text.hpp"

namespace upmem_des {

namespace {

std::pair<std::string, std::string> parts_of(const char* option, const std::string& text, const char* expected) {
  const std::size_t equals = text.rfind('=');
  if (equals == std::string::npos || equals == 0 || equals + 1 == text.size())
    throw InputError({option}, "'" + text + "'; expected " + expected);
  return {text.substr(0, equals), text.substr(equals + 1)};
}

double microseconds(const std::string& text) {
  double value = 0;
  if (!parse_number(text, value) || value < 0 || value > 1e9)
    throw InputError({"--constant"}, "'" + text + "'; expected microseconds from 0 to 1e9");
  return value;
}

bool is_trace(const std::string& file) {
  const auto ends_in = [&](const std::string& end) {
    return file.size() >= end.size() && file.compare(file.size() - end.size(), end.size(), end) == 0;
  };
  return ends_in(".jsonl") || ends_in(".jsonl.gz");
}

MeasuredRowOptions row_options(const MeasurementOptions& options) {
  MeasuredRowOptions rows;
  rows.takes_noted = options.takes_noted;
  for (const std::string& text : options.constants) {
    const auto [what, us] = parts_of("--constant", text, "TEXT=US, such as LLMCompass=22");
    rows.constants_s.emplace_back(what, microseconds(us) * 1e-6);
  }
  for (const std::string& text : options.left_out) {
    auto& all = rows.left_out.emplace_back();
    for (std::size_t begin = 0; begin <= text.size();) {
      const std::size_t end = std::min(text.find(',', begin), text.size());
      all.push_back(parts_of("--leave-out", text.substr(begin, end - begin), "COLUMN=TEXT, or several with commas"));
      begin = end + 1;
    }
  }
  return rows;
}

}  // namespace

void add_measurement_options(CLI::App& command, MeasurementOptions& options) {
  command
      .add_option("FILE", options.files,
                  "Measurements, .csv or .csv.gz (docs/accuracy.md has the columns), or profiled traces, .jsonl")
      ->option_text("MEASURED.csv ...")
      ->required();
  const auto repeated = [&](const char* name, std::vector<std::string>& values, const char* help, const char* text) {
    command.add_option(name, values, help)
        ->option_text(text)
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  };
  repeated("--extra-archs", options.extra_archs, "Further device file (repeatable; same names replace)", "FILE");
  repeated("--constant", options.constants,
           "Launch and synchronisation in each time, of rows whose source or note has the text (repeatable)",
           "TEXT=US");
  repeated("--leave-out", options.left_out, "Rows whose columns have these texts, all of them (repeatable)",
           "COLUMN=TEXT,...");
  command.add_flag("--include-noted", options.takes_noted,
                   "Also rows noted 'warm L2 possible', 'eager' or to go between nodes");
}

MeasuredRows read_measurements(const MeasurementOptions& options) {
  const MeasuredRowOptions of_rows = row_options(options);
  MeasuredRows rows;
  for (const std::string& file : options.files)
    if (is_trace(file))
      read_measured_trace(file, rows);
    else
      read_measured_rows(file, of_rows, rows);
  if (!options.left_out.empty() && rows.left_out == 0)
    throw InputError({"--leave-out"}, "no row is left out; expected columns and texts that some have");
  return rows;
}

std::vector<std::string> read_files(const MeasurementOptions& options) {
  std::vector<std::string> files = options.files;
  files.insert(files.end(), options.extra_archs.begin(), options.extra_archs.end());
  return files;
}

Catalogue catalogue_of(const MeasurementOptions& options) {
  Catalogue catalogue = Catalogue::builtin();
  for (const std::string& file : options.extra_archs) catalogue.add_file(file);
  return catalogue;
}

}  // namespace upmem_des

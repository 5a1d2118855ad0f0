/// Options of commands that read measurements.
#pragma once

#include <CLI/App.hpp>
#include <string>
#include <vector>

#include "measurement/measured_rows.hpp"
#include "upmem_des/architecture/catalogue.hpp"

namespace upmem_des {

struct MeasurementOptions {
  std::vector<std::string> files;
  std::vector<std::string> extra_archs;
  std::vector<std::string> constants;  ///< TEXT=US
  std::vector<std::string> left_out;   ///< COLUMN=TEXT,…
  bool takes_noted = false;
};

void add_measurement_options(CLI::App& command, MeasurementOptions& options);
/// Throws InputError on what is wrong in them, or in a file.
MeasuredRows read_measurements(const MeasurementOptions& options);
/// All that these read.
std::vector<std::string> read_files(const MeasurementOptions& options);
Catalogue catalogue_of(const MeasurementOptions& options);

}  // namespace upmem_des

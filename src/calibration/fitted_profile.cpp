#include "calibration/fitted_profile.hpp"

#include <algorithm>

#include "architecture/architecture_writer.hpp"
#include "util/number_text.hpp"

namespace upmem_des {

namespace {

std::string errors_text(const ErrorGroup& errors) {
  return "mean " + rounded_plain(errors.mean_pct, 3) + " %, median " + rounded_plain(errors.median_pct, 3) +
         " %, p90 " + rounded_plain(errors.p90_pct, 3) + " %";
}

}  // namespace

std::string fitted_profile(const Architecture& device, const std::vector<Calibration>& calibrations,
                           const std::vector<std::string>& files, const std::string& date) {
  Architecture fitted = device;
  fitted.basis = ProfileBasis::Measured;
  std::string text = "# " + device.name + ", fitted by upmem-des calibrate on " + date + " to";
  for (const std::string& file : files) text += " " + file.substr(file.rfind('/') + 1);
  text += ".\n";
  for (const Calibration& one : calibrations) {
    text +=
        "# " + one.fitted.title() + ": " + std::to_string(one.in_sample.rows) + " rows, " + errors_text(one.in_sample);
    if (one.held_out) text += "; held out " + errors_text(*one.held_out);
    text += "\n";
    auto& table = fitted.efficiency.fitted;
    table.erase(std::remove_if(table.begin(), table.end(),
                               [&](const FittedForm& other) {
                                 return other.form == one.fitted.form && other.format == one.fitted.format;
                               }),
                table.end());
    table.push_back(one.fitted);
  }
  return text + "\n" + architecture_yaml(fitted);
}

}  // namespace upmem_des

#include "calibration/calibration.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <random>
#include <set>
#include <utility>

#include "calibration/minimum.hpp"
#include "measurement/kernel_estimate.hpp"
#include "upmem_des/util/error.hpp"
#include "util/number_text.hpp"

namespace upmem_des {

namespace {

constexpr double clipped_at = 0.7;  // of the logarithm: a factor of two
constexpr double no_clip = 100;
constexpr double worst_median_pct = 50;  // of more it is no fit
constexpr double soft_below = 0.05;      // errors above it count linearly
constexpr double pull = 1e-6;            // to the start: of numbers that hardly matter, these

using Rows = std::vector<const MeasuredKernel*>;

/// A parameter as the search sees it, from 0 to 1: by its logarithm where it is never 0.
double to_unit(const FormParameter& parameter, double value) {
  if (parameter.least > 0) return std::log(value / parameter.least) / std::log(parameter.most / parameter.least);
  return std::sqrt((value - parameter.least) / (parameter.most - parameter.least));
}

double from_unit(const FormParameter& parameter, double unit) {
  if (parameter.least > 0) return parameter.least * std::pow(parameter.most / parameter.least, unit);
  return parameter.least + unit * unit * (parameter.most - parameter.least);
}

class Fit {
 public:
  Fit(const Architecture& device, const EfficiencyForm& form, const Rows& rows) : form_(form), rows_(rows) {
    for (const MeasuredKernel* row : rows) rates_.push_back(device.rates(row->format));
    find_used();
    for (std::size_t i = 0; i < used_.size(); ++i)
      if (is_searched(i)) start_.push_back(to_unit(form_.parameters()[i], form_.parameters()[i].start));
  }

  const std::vector<bool>& used() const { return used_; }

  /// The best of several searches; the parameters that are switches are tried both ways.
  std::vector<double> best() const {
    std::vector<double> best_values;
    double least = std::numeric_limits<double>::infinity();
    std::mt19937_64 random(1);
    std::normal_distribution<double> nearby(0, 0.1);
    for (int turn = 0; turn < 3; ++turn)
      for (const bool is_on : {false, true}) {
        if (is_on && !has_switch()) continue;
        std::vector<double> start = start_;
        if (turn > 0)
          for (double& unit : start) unit = std::clamp(unit + nearby(random), 0.0, 1.0);
        // Far away all errors are clipped: the way there is found without.
        const Minimum near = minimum_of([&](const std::vector<double>& at) { return loss(at, is_on, no_clip); }, start);
        const Minimum found =
            minimum_of([&](const std::vector<double>& at) { return loss(at, is_on, clipped_at); }, near.at);
        if (!found.converged || !(found.value < least)) continue;
        least = found.value;
        best_values = values_at(found.at, is_on);
      }
    return best_values;
  }

  std::vector<double> seconds(const std::vector<double>& values) const {
    std::vector<double> times;
    for (std::size_t i = 0; i < rows_.size(); ++i)
      times.push_back(form_.time(rows_[i]->sizes, rates_[i], values).total_s());
    return times;
  }

 private:
  std::vector<double> start_values() const {
    std::vector<double> values;
    for (const FormParameter& parameter : form_.parameters()) values.push_back(parameter.start);
    return values;
  }

  /// Which parameters move any row's time, from where the search begins?
  void find_used() {
    const std::vector<double> middle = start_values();
    const std::vector<double> times = seconds(middle);
    for (std::size_t i = 0; i < form_.parameters().size(); ++i) {
      std::vector<double> moved = middle;
      const FormParameter& parameter = form_.parameters()[i];
      moved[i] = moved[i] < parameter.most * 0.75 ? moved[i] + 0.25 * (parameter.most - moved[i]) : parameter.least;
      used_.push_back(seconds(moved) != times);
    }
  }

  bool is_searched(std::size_t i) const { return used_[i] && !form_.parameters()[i].is_switch; }
  bool has_switch() const {
    for (std::size_t i = 0; i < used_.size(); ++i)
      if (used_[i] && form_.parameters()[i].is_switch) return true;
    return false;
  }

  std::vector<double> values_at(const std::vector<double>& units, bool is_on) const {
    std::vector<double> values;
    std::size_t next = 0;
    for (std::size_t i = 0; i < used_.size(); ++i) {
      const FormParameter& parameter = form_.parameters()[i];
      values.push_back(is_searched(i)                    ? from_unit(parameter, units[next++])
                       : used_[i] && parameter.is_switch ? (is_on ? parameter.most : parameter.least)
                                                         : parameter.ideal);
    }
    return values;
  }

  double loss(const std::vector<double>& units, bool is_on, double clip) const {
    const std::vector<double> values = values_at(units, is_on);
    double sum = 0;
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      const double time_s = form_.time(rows_[i]->sizes, rates_[i], values).total_s();
      const double error = std::clamp(std::log(std::max(time_s, 1e-15) / rows_[i]->time_s), -clip, clip);
      const double scaled = error / soft_below;
      sum += 2 * (std::sqrt(1 + scaled * scaled) - 1);
    }
    double away = 0;
    for (std::size_t i = 0; i < units.size(); ++i) away += (units[i] - start_[i]) * (units[i] - start_[i]);
    return sum / static_cast<double>(rows_.size()) + pull * away;
  }

  const EfficiencyForm& form_;
  const Rows& rows_;
  std::vector<DeviceRates> rates_;
  std::vector<bool> used_;
  std::vector<double> start_;  ///< of a search: the parameters that are used, from 0 to 1
};

ErrorGroup errors_of(const Architecture& device, const Rows& rows, const std::vector<double>& times) {
  std::vector<EstimateError> errors;
  for (std::size_t i = 0; i < rows.size(); ++i) errors.push_back(error_of(device, *rows[i], times[i]));
  return error_group(errors);
}

/// {rows that are seen, rows that are not}
std::pair<Rows, Rows> split(const Rows& rows, const CalibrationOptions& options) {
  std::vector<std::string> keys;
  for (std::size_t i = 0; i < rows.size(); ++i) keys.push_back(options.by_shape ? rows[i]->shape : std::to_string(i));
  std::vector<std::string> all = keys;
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  std::mt19937_64 random(options.seed);
  std::shuffle(all.begin(), all.end(), random);
  const auto count = static_cast<std::size_t>(std::llround(options.holdout * static_cast<double>(all.size())));
  const std::set<std::string> hidden(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(count));
  std::pair<Rows, Rows> parts;
  for (std::size_t i = 0; i < rows.size(); ++i)
    (hidden.count(keys[i]) > 0 ? parts.second : parts.first).push_back(rows[i]);
  return parts;
}

/// Products and experts have numbers for each format; other kernels compute activations.
bool is_by_format(const KernelSizes& sizes) {
  return std::holds_alternative<ProductSizes>(sizes) || std::holds_alternative<ExpertSizes>(sizes);
}

std::vector<double> fitted_values(const Architecture& device, const EfficiencyForm& form, const Rows& rows) {
  const Fit fit(device, form, rows);
  const auto fitted = static_cast<std::size_t>(std::count(fit.used().begin(), fit.used().end(), true));
  if (rows.size() < 2 * fitted)
    throw InputError(rows.front()->where, "too few rows of " + std::string(form.name()) + " to fit the " +
                                              std::to_string(fitted) +
                                              " numbers that move them: " + std::to_string(rows.size()) +
                                              "; expected " + std::to_string(2 * fitted) + " or more, or --leave-out");
  std::vector<double> values = fit.best();
  if (values.empty())
    throw InputError(rows.front()->where,
                     "the fit of " + std::string(form.name()) + " does not converge; expected other rows");
  // Files have four digits.
  for (double& value : values)
    if (value != 0) {
      const double unit = std::pow(10, std::floor(std::log10(std::abs(value))) - 3);
      value = std::round(value / unit) * unit;
    }
  for (std::size_t i = 0; i < values.size(); ++i)
    values[i] = std::clamp(values[i], form.parameters()[i].least, form.parameters()[i].most);
  return values;
}

}  // namespace

std::vector<Calibration> calibrate(const Architecture& device, const std::vector<MeasuredKernel>& kernels,
                                   const CalibrationOptions& options) {
  if (!has_minimum())
    throw InputError({"calibrate"},
                     "this program was built without NLopt (UPMEM_DES_CALIBRATION); expected a build with "
                     "-DUPMEM_DES_CALIBRATION=ON");
  std::map<std::pair<const EfficiencyForm*, std::string>, Rows> groups;
  for (const MeasuredKernel& kernel : kernels)
    groups[{&form_for(kernel.sizes), is_by_format(kernel.sizes) ? kernel.format.name() : ""}].push_back(&kernel);
  std::vector<Calibration> calibrations;
  for (const auto& [key, rows] : groups) {
    const EfficiencyForm& form = *key.first;
    Calibration one;
    std::set<std::string> shapes;
    for (const MeasuredKernel* row : rows) shapes.insert(row->shape);
    one.shapes = shapes.size();
    if (options.holdout > 0) {
      const auto [seen, unseen] = split(rows, options);
      if (unseen.empty() || seen.empty())
        throw InputError(rows.front()->where, "nothing to hold out of " + std::to_string(one.shapes) + " shapes of " +
                                                  form.name() + "; expected more, or another --holdout");
      one.held_out = errors_of(device, unseen, Fit(device, form, unseen).seconds(fitted_values(device, form, seen)));
    }
    const Fit fit(device, form, rows);
    one.fitted.form = &form;
    if (is_by_format(rows.front()->sizes)) one.fitted.format = rows.front()->format;
    one.fitted.values = fitted_values(device, form, rows);
    one.used = fit.used();
    one.in_sample = errors_of(device, rows, fit.seconds(one.fitted.values));
    if (one.in_sample.median_pct > worst_median_pct)
      throw InputError(rows.front()->where, "the fit of " + std::string(form.name()) +
                                                " does not converge: a median error of " +
                                                number_text(std::round(one.in_sample.median_pct)) +
                                                " %; expected rows of this device, and its peaks in " + device.name);
    calibrations.push_back(std::move(one));
  }
  return calibrations;
}

}  // namespace upmem_des

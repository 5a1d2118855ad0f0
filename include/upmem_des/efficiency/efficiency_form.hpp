/// How long a kernel takes on a real device, as a formula with few numbers that are fitted to measurements.
#pragma once

#include <string>
#include <vector>

#include "upmem_des/efficiency/kernel_sizes.hpp"

namespace upmem_des {

/// A number of a form, as files have it.
struct FormParameter {
  const char* key;
  double ideal;  ///< what it is where nothing is said
  double least, most;
  double start;            ///< of a fit
  bool is_switch = false;  ///< either `least` or `most`
};

/// Of a kernel: after `overhead_s`, arithmetic beside memory traffic.
struct KernelTime {
  double overhead_s = 0;
  double compute_s = 0;
  double memory_s = 0;

  /// The overhead, then the longer of the two, s.
  double total_s() const { return overhead_s + (compute_s > memory_s ? compute_s : memory_s); }
};

/// A formula for one class of kernels. With all parameters ideal it is max(flop / peak, bytes / bandwidth). Larger
/// sizes never take less time.
class EfficiencyForm {
 public:
  /// `name` as in files; `parameters` in the order of their values.
  EfficiencyForm(const char* name, std::vector<FormParameter> parameters)
      : name_(name), parameters_(std::move(parameters)) {}
  EfficiencyForm(const EfficiencyForm&) = delete;
  EfficiencyForm& operator=(const EfficiencyForm&) = delete;
  virtual ~EfficiencyForm() = default;

  /// Of the class, as in files: "product".
  const char* name() const { return name_; }
  /// In the order of their values.
  const std::vector<FormParameter>& parameters() const { return parameters_; }
  /// The values with which a device reaches its peaks.
  std::vector<double> ideal() const;

  /// Does it say how long such kernels take?
  virtual bool serves(const KernelSizes& sizes) const = 0;
  /// `values`: of each parameter, in order. `sizes` are of a kind that it serves.
  virtual KernelTime time(const KernelSizes& sizes, const DeviceRates& rates,
                          const std::vector<double>& values) const = 0;

 private:
  const char* name_;
  std::vector<FormParameter> parameters_;
};

/// All forms, in the order of their names.
const std::vector<const EfficiencyForm*>& efficiency_forms();
/// By name; null: none is called that.
const EfficiencyForm* find_form(const std::string& name);
/// The one that serves such kernels: every kind has one.
const EfficiencyForm& form_for(const KernelSizes& sizes);

}  // namespace upmem_des

/// The efficiencies of one device.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "upmem_des/efficiency/efficiency_form.hpp"
#include "upmem_des/number/number_format.hpp"

namespace upmem_des {

/// A form with its numbers.
struct FittedForm {
  const EfficiencyForm* form = nullptr;
  std::optional<NumberFormat> format;  ///< that products are computed in, caches are kept in; none: whichever
  std::vector<double> values;          ///< of the form's parameters

  /// Of people: "product bfloat16", "elementwise".
  std::string title() const { return std::string(form->name()) + (format ? std::string(" ") + format->name() : ""); }

  /// What the form says of such a kernel.
  KernelTime time(const KernelSizes& sizes, const DeviceRates& rates) const { return form->time(sizes, rates, values); }
};

/// Plain data. Without any the device is ideal.
struct EfficiencyTable {
  std::vector<FittedForm> fitted;

  /// What is said of such kernels: of the format, of that without its blocks, of float16 for bfloat16 and the other way
  /// round, of whichever format; null: nothing.
  const FittedForm* find(const KernelSizes& sizes, NumberFormat format) const;
  /// How long such a kernel takes by what is said of it; none where nothing is. Attention of prompts beside decodes,
  /// where it was not measured together (a form without `decode_rows`), takes no longer than that of the prompts and
  /// that of the decodes one after the other in one launch, and no less than that of the decodes alone.
  std::optional<KernelTime> time(const KernelSizes& sizes, NumberFormat format, const DeviceRates& rates) const;
};

}  // namespace upmem_des

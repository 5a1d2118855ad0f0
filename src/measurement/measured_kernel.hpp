/// A row of measurements.
#pragma once

#include <string>

#include "upmem_des/efficiency/kernel_sizes.hpp"
#include "upmem_des/number/number_format.hpp"
#include "upmem_des/util/error.hpp"

namespace upmem_des {

/// Plain data.
struct MeasuredKernel {
  std::string hardware;   ///< as the file has it
  std::string operation;  ///< "matmul"
  std::string kind;       ///< as kind_of() has it, of attention as rows have it
  std::string shape;      ///< what a fit may hold out together: weights' sizes, heads' geometry, …
  KernelSizes sizes;
  NumberFormat format = NumberFormat::bfloat16;
  double time_s = 0;
  double power_W = 0;  ///< 0: not measured
  std::string note, source;
  SourceLocation where;
};

/// What errors of such kernels are told of together: "product bfloat16", "attention_decode", "elementwise".
std::string kind_of(const KernelSizes& sizes, NumberFormat format);

}  // namespace upmem_des

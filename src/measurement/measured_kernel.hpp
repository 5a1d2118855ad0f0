/// A row of measurements.
#pragma once

#include <string>

#include "efficiency/kernel_sizes.hpp"
#include "number/number_format.hpp"
#include "util/error.hpp"

namespace upmem_des {

/// Plain data.
struct MeasuredKernel {
  std::string hardware;   ///< as the file has it
  std::string operation;  ///< "matmul"
  std::string kind;       ///< "product bfloat16", "attention_decode", …: what errors are told of together
  std::string shape;      ///< what a fit may hold out together: weights' sizes, heads' geometry, …
  KernelSizes sizes;
  NumberFormat format = NumberFormat::bfloat16;
  double time_s = 0;
  double power_W = 0;  ///< 0: not measured
  std::string note, source;
  SourceLocation where;
};

}  // namespace upmem_des

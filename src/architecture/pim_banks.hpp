/// Arithmetic in the banks of a memory, and what is beside it.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

#include "operation/operator_class.hpp"

namespace upmem_des {

/// What computes that the banks do not: softmax, norms, whatever their classes leave out. It reads and writes through
/// its own way to the memory.
struct PimController {
  double flops_per_s = 0;
  double bandwidth_Bps = 0;                 ///< 0: the memory's
  std::optional<double> energy_J_per_byte;  ///< none: the memory's
};

/// Of a device that computes in the banks of its memory: how they are fed. Plain data; what is absent takes no time.
/// docs/models.md has the formulas.
struct PimBanks {
  std::optional<std::int64_t> rows_per_weight_pass;  ///< none: any number of rows shares one reading
  double banks = 1;
  double row_B = 0;       ///< of a row of one bank; 0: not told
  double row_open_s = 0;  ///< to close a row and to open the next
  double row_open_J = 0;  ///< of one row of one bank
  double input_Bps = 0;   ///< at which vectors are written into the banks' buffers; 0: at once
  double input_copies = 1;
  double output_Bps = 0;               ///< at which results are read out; 0: at once
  std::vector<OperatorClass> classes;  ///< that the banks compute; empty: all
  std::optional<PimController> controller;

  bool compute(OperatorClass kind) const {
    return classes.empty() || std::find(classes.begin(), classes.end(), kind) != classes.end();
  }
  /// Time to open the rows that `bytes` are in, one in each pass at least; all banks open theirs at once.
  double opening_s(double bytes, double passes) const {
    return row_open_s > 0 && bytes > 0 ? row_open_s * std::max(passes, bytes / (banks * row_B)) : 0;
  }
  double opening_J_per_byte() const { return row_B > 0 ? row_open_J / row_B : 0; }
};

}  // namespace upmem_des

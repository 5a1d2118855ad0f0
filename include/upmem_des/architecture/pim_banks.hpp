/// Arithmetic in the banks of a memory, and what is beside it.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <vector>

#include "upmem_des/operation/operator_class.hpp"

namespace upmem_des {

/// What computes that the banks do not: softmax, norms, whatever their classes leave out. It reads and writes through
/// its own way to the memory.
struct PimController {
  double flops_per_s = 0;
  double bandwidth_Bps = 0;                 ///< 0: the memory's
  std::optional<double> energy_J_per_byte;  ///< none: the memory's
  bool is_serial = false;                   ///< does it compute when all has come, and not beside?
};

/// Of a device that computes in the banks of its memory: how they are fed. Plain data; what is absent takes no time.
/// docs/models.md has the formulas.
struct PimBanks {
  std::optional<std::int64_t> rows_per_weight_pass;  ///< none: any number of rows shares one reading
  double banks = 1;
  double cache_banks = 0;        ///< that the cache of one KV head of a sequence lies in; 0: all
  bool bank_per_output = false;  ///< do the weights of each output of a product lie in one bank?
  double row_B = 0;              ///< of a row of one bank; 0: not told
  double row_open_s = 0;         ///< to close a row and to open the next
  double row_open_J = 0;         ///< of one row of one bank
  double input_Bps = 0;          ///< at which vectors are written into the banks' buffers; 0: at once
  double input_copies = 1;
  double output_Bps = 0;               ///< at which results are read out; 0: at once
  std::vector<OperatorClass> classes;  ///< that the banks compute; empty: all
  std::optional<PimController> controller;

  /// Do the banks compute such work?
  bool compute(OperatorClass kind) const {
    return classes.empty() || std::find(classes.begin(), classes.end(), kind) != classes.end();
  }
  /// The share of the banks that `caches` caches lie in.
  double used_by_caches(double caches) const {
    return cache_banks > 0 && caches > 0 ? std::min(1.0, caches * cache_banks / banks) : 1;
  }
  /// The share of the banks that is in use while a product has so many outputs: the fullest sets the pace.
  double used_by_outputs(double outputs) const {
    return bank_per_output && outputs > 0 ? outputs / (std::ceil(outputs / banks) * banks) : 1;
  }
  /// Time to open the rows that `bytes` are in, where they lie in a share of the banks, one in each pass at least;
  /// banks open theirs at once.
  double opening_s(double bytes, double passes, double used = 1) const {
    return row_open_s > 0 && bytes > 0 ? row_open_s * std::max(passes, bytes / (used * banks * row_B)) : 0;
  }
  /// J of opening rows, for each byte that is read.
  double opening_J_per_byte() const { return row_B > 0 ? row_open_J / row_B : 0; }
};

}  // namespace upmem_des

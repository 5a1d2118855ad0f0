/// A device profile: what its links, memory and arithmetic reach, and what they cost.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "upmem_des/architecture/energy_figure.hpp"
#include "upmem_des/architecture/pim_banks.hpp"
#include "upmem_des/efficiency/efficiency_table.hpp"
#include "upmem_des/number/number_format.hpp"
#include "upmem_des/price/item_price.hpp"
#include "upmem_des/util/error.hpp"

namespace upmem_des {

/// One direction of a host link, or the memory port.
struct Port {
  double bandwidth_Bps = 0;  ///< bytes per second
  EnergyFigure energy_J_per_byte;
  double power_W() const { return bandwidth_Bps * energy_J_per_byte; }  ///< at full bandwidth
};

/// How a profile was come by.
enum class ProfileBasis {
  Measured,   ///< fitted to measurements of the device
  DataSheet,  ///< its maker's figures; what it reaches of them is that of its family
  Published,  ///< figures of a paper or tool
  Assumed     ///< for lack of anything, or nothing is said
};
/// As in files, in order: "measured", "data_sheet", …
const std::vector<std::string>& basis_names();
/// As in files: "measured", "data_sheet", …
inline const std::string& name_of(ProfileBasis basis) {
  return basis_names()[static_cast<std::size_t>(basis)];
}

/// A profile from an architectures file. The YAML keys and their units are in architectures/architecture.schema.json;
/// here everything is in SI units. Immutable once read.
struct Architecture {
  std::string name;  ///< as in the file, with underscores
  Port host_to_device;
  Port device_to_host;
  Port memory;
  double flops_per_s = 0;
  std::optional<double> flops_per_s_int4;  ///< used in place of flops_per_s when the data type is int4
  /// By format, where the profile says so: then flops_per_s is that of bfloat16. Formats are those of
  /// NumberFormat::arithmetic().
  std::vector<std::pair<NumberFormat, double>> flops_per_s_by_format;
  EnergyFigure energy_J_per_flop;
  std::optional<double> softmax_s_per_element;  ///< absent: the profile does not say
  std::optional<double> silu_s_per_element;
  std::optional<double> rmsnorm_s_per_element;
  double compute_efficiency = 1;  ///< reached share of flops_per_s, 0 < e ≤ 1
  double memory_efficiency = 1;   ///< reached share of the memory bandwidth, 0 < e ≤ 1
  double launch_overhead_s = 0;   ///< before every event
  std::optional<double> capacity_B;
  double idle_W = 0;                    ///< always
  double active_W = 0;                  ///< beside that while the device has work
  std::optional<double> power_limit_W;  ///< of the whole device; above idle_W + active_W
  double link_latency_s = 0;
  double cores = 1;             ///< that kernels are spread over: streaming multiprocessors, compute units …
  double cache_B = 0;           ///< the last level before the memory; 0: not told
  double peer_Bps = 0;          ///< to other devices of its node, each way; 0: not told
  EfficiencyTable efficiency;   ///< by class of kernels; it takes the place of the efficiencies and the overhead above
  std::optional<PimBanks> pim;  ///< none: whatever computes has the whole memory at its rate
  std::optional<ItemPrice> price;  ///< none: nothing is said of what it costs
  ProfileBasis basis = ProfileBasis::Assumed;
  std::string note;  ///< what one should know of its figures; empty: nothing
  SourceLocation where;

  /// Peak arithmetic of a format: by format where the profile says so, else flops_per_s, or flops_per_s_int4 of int4
  /// where it has that. A format that is not stated runs at the rate of the first that is of those that it can be
  /// widened to: int4 to int8; mxfp4 and nvfp4 to fp8; int8 and fp8 to bfloat16; bfloat16 to float16 and back; those to
  /// float32. Where none is stated that is wide enough, at the rate of the widest that is.
  double peak_flops_per_s(NumberFormat format) const;

  /// Does it reach its peaks, with nothing added to launch an event?
  bool is_ideal() const {
    return compute_efficiency == 1 && memory_efficiency == 1 && launch_overhead_s == 0 && efficiency.fitted.empty() &&
           (!pim || pim->row_open_s == 0);
  }

  /// Keys of the energies that it does not state, of host_to_device_pj_per_bit, device_to_host_pj_per_bit,
  /// mem_pj_per_bit and pj_per_tflop.
  std::vector<std::string> energies_not_stated() const;
  /// Does it state all of them? Else nobody can say what energy or power it draws.
  bool states_energy() const { return energies_not_stated().empty(); }

  /// Of arithmetic and memory, without its links.
  bool states_power() const { return memory.energy_J_per_byte.is_stated() && energy_J_per_flop.is_stated(); }

  /// What is wrong with power_limit_W, which has to leave something for work and needs all energies: "" where nothing
  /// is.
  std::string power_limit_problem() const;

  /// What kernels in a format could reach at most, for the forms of `efficiency`.
  DeviceRates rates(NumberFormat format) const {
    return {peak_flops_per_s(format), memory.bandwidth_Bps, cache_B, cores, peer_Bps};
  }
};

}  // namespace upmem_des

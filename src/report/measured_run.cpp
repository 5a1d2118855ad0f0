#include "report/measured_run.hpp"

#include <cmath>

namespace upmem_des {

double finite_ratio(double amount, double whole) {
  const double value = whole > 0 ? amount / whole : 0;
  return std::isfinite(value) ? value : 0;
}

std::int64_t MeasuredRun::tokens(Phase which) const {
  std::int64_t first = 0;
  std::int64_t all = 0;
  for (const auto& row : reply.token_ids) {
    first += row.empty() ? 0 : 1;
    all += static_cast<std::int64_t>(row.size());
  }
  return which == Phase::Prefill ? first : all - first;
}

double MeasuredRun::tokens_per_s() const {
  return finite_ratio(static_cast<double>(tokens(Phase::Decode)), phase(Phase::Decode).time_s);
}

double MeasuredRun::passes_per_s() const {
  return finite_ratio(static_cast<double>(passes()), time_s());
}

double MeasuredRun::coverage() const {
  return finite_ratio(reply.events_s, time_s());
}

std::optional<CpuEnergy> MeasuredRun::energy() const {
  CpuEnergy sum;
  bool any = false;
  for (const MeasuredPhase& phase : reply.phases) {
    if (!phase.energy && phase.passes > 0) return std::nullopt;
    if (!phase.energy) continue;
    any = true;
    sum.package_J += phase.energy->package_J;
    sum.dram_J += phase.energy->dram_J;
  }
  if (!any) return std::nullopt;
  return sum;
}

}  // namespace upmem_des

#include "plan/tasks/demand_pieces.hpp"

namespace upmem_des {

namespace {

Step part_of(Step step, double parts, bool first) {
  if (!first) step.overhead_s = 0;
  for (Work* work : {&step.compute, &step.memory, &step.kv}) {
    work->time_s /= parts;
    work->energy_J /= parts;
  }
  step.flop /= parts;
  step.memory_bytes /= parts;
  step.weight_bytes /= parts;
  step.kv_bytes /= parts;
  return step;
}

}  // namespace

Demand piece_of(const Demand& demand, std::size_t k, std::size_t pieces) {
  if (pieces == 1 || demand.size() == 0) return demand;
  const auto parts = static_cast<double>(pieces);
  if (demand.size() == 1) return Demand(part_of(demand[0], parts, k == 0));
  return {part_of(demand[0], parts, k == 0), part_of(demand[1], parts, k == 0)};
}

double kv_bytes_of(const Demand& demand) {
  double bytes = 0;
  for (const Step& step : demand) bytes += step.kv_bytes;
  return bytes;
}

}  // namespace upmem_des

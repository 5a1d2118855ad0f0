#include "simulation/stretch.hpp"

namespace upmem_des {

Stretch Stretch::divided_by(double parts) const {
  return {time_s / parts,       arithmetic_J / parts, vector_J / parts, memory_J / parts,
          arithmetic_s / parts, vector_s / parts,     memory_s / parts};
}

void append(Stretch& whole, const Stretch& part) {
  whole.time_s += part.time_s;
  whole.arithmetic_J += part.arithmetic_J;
  whole.vector_J += part.vector_J;
  whole.memory_J += part.memory_J;
}

Stretch spread(Stretch whole) {
  whole.arithmetic_s = whole.arithmetic_J > 0 ? whole.time_s : 0;
  whole.vector_s = whole.vector_J > 0 ? whole.time_s : 0;
  whole.memory_s = whole.memory_J > 0 ? whole.time_s : 0;
  return whole;
}

Stretch stretch_of(const Step& step) {
  Stretch stretch = arithmetic_of(step);
  stretch.time_s = step.time_s();
  stretch.memory_s = step.memory.time_s + step.kv.time_s;
  stretch.memory_J = step.memory.energy_J + step.kv.energy_J;
  return stretch;
}

Stretch arithmetic_of(const Step& step) {
  Stretch stretch;
  stretch.time_s = step.overhead_s + step.compute.time_s;
  if (step.unit == ComputeUnit::Arithmetic) {
    stretch.arithmetic_s = step.compute.time_s;
    stretch.arithmetic_J = step.compute.energy_J;
  } else {
    stretch.vector_s = step.compute.time_s;
    stretch.vector_J = step.compute.energy_J;
  }
  return stretch;
}

Stretch memory_stretch(const Work& work) {
  Stretch stretch;
  stretch.time_s = stretch.memory_s = work.time_s;
  stretch.memory_J = work.energy_J;
  return stretch;
}

}  // namespace upmem_des

#include "profiler/decoder/weight_source.hpp"

#include <ATen/CPUGeneratorImpl.h>

#include "profiler/decoder/stored_names.hpp"

namespace upmem_des::profiler {

torch::Tensor StoredWeights::weight(const std::string& name, c10::IntArrayRef sizes, Initial) {
  torch::Tensor made = torch::empty(sizes, type_);
  const std::string stored = stored_name(checkpoint_, name);
  if (const auto part = packed_part(checkpoint_, stored, experts_, sizes))
    checkpoint_.read_part(part->name, part->whole, part->first, made);
  else
    checkpoint_.read(stored, made);
  return made;
}

RandomWeights::RandomWeights(std::uint64_t seed, double initializer_range, torch::ScalarType type)
    : generator_(at::detail::createCPUGenerator(seed)), initializer_range_(initializer_range), type_(type) {}

torch::Tensor RandomWeights::weight(const std::string&, c10::IntArrayRef sizes, Initial initial) {
  switch (initial) {
    case Initial::ones:
      return torch::ones(sizes, type_);
    case Initial::zeros:
      return torch::zeros(sizes, type_);
    case Initial::normal:
      break;
  }
  return torch::empty(sizes, type_).normal_(0, initializer_range_, generator_);
}

torch::Tensor ShapesOnly::weight(const std::string&, c10::IntArrayRef sizes, Initial) {
  torch::Tensor made = torch::empty(sizes, torch::dtype(type_).device(torch::kMeta));
  double elements = 1;
  for (const std::int64_t size : sizes) elements *= static_cast<double>(size);
  elements_ += elements;
  return made;
}

}  // namespace upmem_des::profiler

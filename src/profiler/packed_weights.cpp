#include "profiler/packed_weights.hpp"

#include <ATen/native/quantized/PackedParams.h>
#include <torch/custom_class.h>

#include <exception>
#include <string>
#include <tuple>

namespace upmem_des::profiler {

namespace {

std::string class_of(const c10::IValue& value) {
  if (!value.isCustomClass()) return {};
  const auto type = value.type()->cast<c10::ClassType>();
  return type && type->name() ? type->name()->name() : std::string();
}

/// Those of 16 bits are unpacked into 32.
operation::StoredAs stored_as(c10::ScalarType type) {
  switch (type) {
    case c10::kQInt8:
    case c10::kQUInt8:
      return operation::StoredAs::Int8;
    case c10::kQUInt4x2:
      return operation::StoredAs::Int4;
    case c10::kHalf:
    case c10::kFloat:
      return operation::StoredAs::Float16;
    default:
      return operation::StoredAs::Run;
  }
}

template <typename Unpacked>
PackedWeights weights_of(const Unpacked& unpacked) {
  const at::Tensor& weight = std::get<0>(unpacked);
  PackedWeights weights;
  weights.sizes = weight.sizes().vec();
  weights.bias = std::get<1>(unpacked) && std::get<1>(unpacked)->defined();
  weights.stored = stored_as(weight.scalar_type());
  return weights;
}

template <int D>
PackedWeights convolution_of(const c10::IValue& value) {
  const auto packed = value.toCustomClass<ConvPackedParamsBase<D>>();
  PackedWeights weights = weights_of(packed->unpack());
  weights.stride = packed->stride().vec();
  weights.padding = packed->padding().vec();
  weights.groups = packed->groups();
  weights.is_transposed = packed->transpose();
  return weights;
}

}  // namespace

std::int64_t PackedWeights::kernel() const {
  std::int64_t places = 1;
  for (std::size_t i = 2; i < sizes.size(); ++i) places *= sizes[i];
  return places;
}

const void* packed_object(const c10::IValue& value) {
  const std::string name = class_of(value);
  const bool is_packed =
      name == "LinearPackedParamsBase" || name == "Conv2dPackedParamsBase" || name == "Conv3dPackedParamsBase";
  return is_packed ? value.toObjectRef().getSlot(0).toCapsule().get() : nullptr;
}

std::optional<PackedWeights> packed_weights(const c10::IValue& value) {
  const std::string name = class_of(value);
  try {
    if (name == "LinearPackedParamsBase") return weights_of(value.toCustomClass<LinearPackedParamsBase>()->unpack());
    if (name == "Conv2dPackedParamsBase") return convolution_of<2>(value);
    if (name == "Conv3dPackedParamsBase") return convolution_of<3>(value);
  } catch (const std::exception&) {
    // An engine that has given the weights up after packing.
  }
  return std::nullopt;
}

}  // namespace upmem_des::profiler

#include "profiler/parameter_table.hpp"

#include <utility>

#include "profiler/event_shape.hpp"

namespace upmem_des::profiler {

namespace {

const c10::StorageImpl* storage_of(const at::Tensor& tensor) {
  return tensor.defined() && tensor.has_storage() ? tensor.storage().unsafeGetStorageImpl() : nullptr;
}

/// Behind the last element that the tensor reaches.
std::int64_t end_of(const at::Tensor& tensor) {
  std::int64_t last = tensor.storage_offset();
  for (std::int64_t i = 0; i < tensor.dim(); ++i) {
    if (tensor.size(i) == 0) return tensor.storage_offset();
    last += (tensor.size(i) - 1) * tensor.stride(i);
  }
  return last + 1;
}

}  // namespace

ParameterTable::Parameter* ParameterTable::add(const std::string& path, const at::Tensor& tensor) {
  const c10::StorageImpl* const storage = storage_of(tensor);
  if (storage == nullptr) return nullptr;
  const Place place{tensor.storage_offset(), end_of(tensor), {event_name(path), false, false}};
  std::deque<Place>& places = places_[storage];
  for (Place& known : places)
    if (known.begin == place.begin && known.end == place.end) return &known.parameter;
  return &places.emplace_back(place).parameter;
}

ParameterTable::Parameter* ParameterTable::find(const at::Tensor& tensor) {
  const c10::StorageImpl* const storage = storage_of(tensor);
  if (storage == nullptr) return nullptr;
  const auto found = places_.find(storage);
  if (found == places_.end()) return nullptr;
  const std::int64_t begin = tensor.storage_offset();
  for (Place& place : found->second)
    if (place.begin <= begin && begin < place.end) return &place.parameter;
  return nullptr;
}

void ParameterTable::add_packed(const std::string& path, const c10::IValue& value) {
  const void* const object = packed_object(value);
  if (object == nullptr || packed_.count(object) > 0) return;
  if (auto weights = packed_weights(value)) packed_.emplace(object, Packed{event_name(path), std::move(*weights)});
}

const ParameterTable::Packed* ParameterTable::find_packed(const c10::IValue& value) const {
  const void* const object = packed_object(value);
  const auto found = packed_.find(object);
  return object == nullptr || found == packed_.end() ? nullptr : &found->second;
}

}  // namespace upmem_des::profiler

#include "profiler/parameter_table.hpp"

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

}  // namespace upmem_des::profiler

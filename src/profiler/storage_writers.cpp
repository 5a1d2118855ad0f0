#include "profiler/storage_writers.hpp"

#include <algorithm>
#include <utility>

namespace upmem_des::profiler {

namespace {

bool has_elements_somewhere(const at::Tensor& tensor) {
  return tensor.defined() && tensor.has_storage();
}

}  // namespace

void StorageWriters::read(const at::Tensor& tensor) {
  if (!tensor.defined()) return;
  if (!tensor.has_storage()) {
    knows_all_ = false;
    return;
  }
  const auto found = entries_.find(tensor.storage().unsafeGetStorageImpl());
  if (found != entries_.end()) reads_.insert(reads_.end(), found->second.writers.begin(), found->second.writers.end());
}

const StorageWriters::Seqs& StorageWriters::reads() {
  reads_.insert(reads_.end(), awaited_.begin(), awaited_.end());
  std::sort(reads_.begin(), reads_.end());
  reads_.erase(std::unique(reads_.begin(), reads_.end()), reads_.end());
  return reads_;
}

void StorageWriters::put(const at::Tensor& tensor, Seqs writers) {
  if (!has_elements_somewhere(tensor)) return;
  const at::Storage& storage = tensor.storage();
  auto* const key = storage.unsafeGetStorageImpl();
  if (const auto known = entries_.find(key); known != entries_.end()) {
    known->second.writers = std::move(writers);
    return;
  }
  entries_.emplace(key, Entry{storage.getWeakStorageImpl(), std::move(writers)});
  if (entries_.size() > look_at_) forget_the_gone();
}

void StorageWriters::write(const at::Tensor& tensor, std::int64_t seq) {
  put(tensor, {seq});
}

void StorageWriters::pass_on(const c10::IValue& value) {
  // Once, and not for each tensor: reads() sorts.
  const Seqs writers = reads();
  if (value.isTensor()) {
    const at::Tensor& tensor = value.toTensor();
    if (has_elements_somewhere(tensor) && entries_.count(tensor.storage().unsafeGetStorageImpl()) == 0)
      put(tensor, writers);
  } else if (value.isTensorList()) {
    for (const c10::IValue& element : value.toListRef()) pass_on(element);
  }
}

void StorageWriters::wait_for_reads() {
  if (reads_.empty()) return;
  std::sort(reads_.begin(), reads_.end());
  // Events that came after what is awaited wait for it themselves.
  if (!awaited_.empty() && reads_.front() <= awaited_.back()) reads();
  awaited_ = reads_;
}

void StorageWriters::visit(const c10::IValue& value, bool writes, std::int64_t seq, int depth) {
  if (value.isTensor()) {
    writes ? write(value.toTensor(), seq) : read(value.toTensor());
  } else if (depth == 0) {
    return;
  } else if (value.isTuple()) {
    for (const c10::IValue& element : value.toTupleRef().elements()) visit(element, writes, seq, depth - 1);
  } else if (value.isList()) {
    for (const c10::IValue& element : value.toListRef()) visit(element, writes, seq, depth - 1);
  } else if (value.isGenericDict()) {
    for (const auto& entry : value.toGenericDict()) visit(entry.value(), writes, seq, depth - 1);
  }
}

void StorageWriters::forget_the_gone() {
  for (auto entry = entries_.begin(); entry != entries_.end();)
    entry = entry->second.storage.expired() ? entries_.erase(entry) : std::next(entry);
  look_at_ = std::max(most_kept, 2 * entries_.size());
}

}  // namespace upmem_des::profiler

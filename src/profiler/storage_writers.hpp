/// Which events wrote the tensors that an event reads. Internal to the room.
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <unordered_map>
#include <vector>

namespace upmem_des::profiler {

/// Follows tensors by their storages: a view has its tensor's, and what works in place writes it anew. A storage that
/// is gone is never taken for a new one at the same address, since its entry holds on to the address (not to the
/// memory of its elements).
class StorageWriters {
 public:
  using Seqs = std::vector<std::int64_t>;

  /// The call that is described from now on has read nothing yet.
  void begin() { reads_.clear(), knows_all_ = true; }

  /// Takes note of the tensors in a value, in lists, tuples and dictionaries too.
  void read(const c10::IValue& value) { visit(value, false, 0, most_nested); }
  void read(const at::Tensor& tensor);

  /// What has been read waits for these events, sorted, each once.
  const Seqs& reads();
  /// False where a tensor without storage was read.
  bool knows_all() const { return knows_all_; }

  /// The tensors in a value have been written by an event.
  void write(const c10::IValue& value, std::int64_t seq) { visit(value, true, seq, most_nested); }
  void write(const at::Tensor& tensor, std::int64_t seq);

  /// The tensors in a value come of what has been read, without an event of their own.
  void pass_on(const c10::IValue& value);

  /// All that comes later waits for an event.
  void wait_for(std::int64_t seq) { awaited_ = {seq}; }
  /// A number of what has been read has been looked at, so that all that comes later waits for it.
  void wait_for_reads();

 private:
  static constexpr int most_nested = 8;
  static constexpr std::size_t most_kept = 64;  ///< entries before those of storages that are gone are looked for:
                                                ///< while they are kept, their memory is not used again

  struct Entry {
    c10::weak_intrusive_ptr<c10::StorageImpl> storage;
    Seqs writers;
  };

  void visit(const c10::IValue& value, bool writes, std::int64_t seq, int depth);
  void put(const at::Tensor& tensor, Seqs writers);
  void forget_the_gone();

  std::unordered_map<const c10::StorageImpl*, Entry> entries_;
  std::size_t look_at_ = most_kept;
  Seqs reads_;
  Seqs awaited_;  ///< by everything
  bool knows_all_ = true;
};

}  // namespace upmem_des::profiler

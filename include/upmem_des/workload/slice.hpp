/// What a step works on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <tuple>
#include <vector>

namespace upmem_des {

/// Sequences are numbered from 0.
using SequenceId = std::int64_t;

/// New rows of one sequence, or of several that follow each other and are equally long.
struct Slice {
  SequenceId first = 0;
  std::int64_t sequences = 1;
  std::int64_t new_rows = 1;     ///< of each sequence, above 0
  std::int64_t cached_rows = 0;  ///< of each sequence, before this step
  std::int64_t logit_rows = 1;   ///< of each sequence's new rows, the last ones: they put out tokens

  /// What each sequence's rows attend to, where nothing bounds that.
  std::int64_t rows() const { return cached_rows + new_rows; }
};

inline bool operator==(const Slice& a, const Slice& b) {
  return std::tie(a.first, a.sequences, a.new_rows, a.cached_rows, a.logit_rows) ==
         std::tie(b.first, b.sequences, b.new_rows, b.cached_rows, b.logit_rows);
}
inline bool operator!=(const Slice& a, const Slice& b) {
  return !(a == b);
}

/// A step as slices of sequences.
struct StepSlices {
  std::int64_t number = 0;        ///< which step of the run it is; above those before
  std::vector<Slice> slices;      ///< none is empty; no sequence is in two
  std::vector<SequenceId> freed;  ///< sequences whose caches nobody reads from this step on
  /// Where sequences are computed in parts, of whole sequences each: slices of part i are those before the i-th number
  /// and after the parts before; ascending, the last one is the number of slices. Empty: all are one part.
  std::vector<std::size_t> part_ends{};
};

}  // namespace upmem_des

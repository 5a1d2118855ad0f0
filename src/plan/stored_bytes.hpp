/// How many bytes weights, cached rows and activations are.
#pragma once

#include <cstdint>
#include <optional>

namespace upmem_des {

struct LayerEvent;

/// What holds for a whole run.
struct StorageOptions {
  double bytes_per_element = 2;                 ///< of activations, and of weights with no format of their own
  double weight_bytes_per_element = 2;          ///< of the weights of linear layers
  double kv_bytes_per_element = 2;              ///< of the KV cache
  std::optional<std::int64_t> key_value_heads;  ///< that the cache holds, of the heads that attention shows
  std::optional<std::int64_t> sliding_window;
  std::int64_t embedding_rows = 0;  ///< vocabulary size, which traces do not tell with an Embedding; 0: not known
};

/// Of an event, or of one device's part of it. docs/machines.md, Capacity, defines them. Those of weights throw
/// InputError as parameter_count() does.
class StoredBytes {
 public:
  explicit StoredBytes(const StorageOptions& options) : options_(options) {}

  /// All weights that a part has.
  double weights(const LayerEvent& part) const;
  /// Those that a call reads: of a table the rows that are looked up, of packed experts those that are called.
  double weights_read(const LayerEvent& part) const;
  /// Does it read more or less of its weights with other numbers of rows?
  static bool reads_by_rows(const LayerEvent& part);

  /// Does it keep keys or values for later passes? What sees all of a prompt at once, later rows too, is an encoder's,
  /// or another sequence's rows.
  static bool keeps_rows(const LayerEvent& event);
  /// What it keeps of each row of a sequence; `kv_heads` are the heads of the cache that the part holds, none for all.
  double cached_row(const LayerEvent& part, std::optional<std::int64_t> kv_heads) const;
  /// Rows that are kept of a sequence of so many.
  double rows_kept(const LayerEvent& event, std::int64_t rows) const;
  /// Of each sequence, where they are alike.
  static std::int64_t rows_shown(const LayerEvent& event);
  /// Sequences of the batch, where they are alike.
  static double batch(const LayerEvent& part);
  /// What a call makes of keys and values, and what of that is kept.
  struct NewRows {
    double made_B = 0;
    double kept_B = 0;
  };
  NewRows new_rows(const LayerEvent& part, std::optional<std::int64_t> kv_heads) const;

  /// Input and output.
  double activations(const LayerEvent& part) const;

 private:
  StorageOptions options_;
};

}  // namespace upmem_des

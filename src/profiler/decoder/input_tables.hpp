/// What token ids become before the first layer.
#pragma once

#include "profiler/decoder/dropout.hpp"
#include "profiler/decoder/embedding.hpp"

namespace upmem_des::profiler {

class InputTables {
 public:
  InputTables() = default;
  InputTables(const InputTables&) = delete;
  InputTables& operator=(const InputTables&) = delete;
  virtual ~InputTables() = default;

  /// Ids [B, T], the first at `first_position` → [B, T, hidden_size].
  virtual torch::Tensor forward(const torch::Tensor& ids, std::int64_t first_position) const = 0;
  /// The table of words [vocab_size, hidden_size].
  virtual const torch::Tensor& words() const = 0;
  /// How many positions there are; 0: as many as one likes.
  virtual std::int64_t positions() const { return 0; }
};

/// A table of words; its rows are multiplied by `scale`, rounded to the weights' number format, within the same call.
class WordTable : public InputTables {
 public:
  WordTable(ModelBuilder& builder, const std::string& path, double scale = 1);

  torch::Tensor forward(const torch::Tensor& ids, std::int64_t first_position) const override;
  const torch::Tensor& words() const override { return words_.weight(); }

 private:
  Embedding words_;
};

/// GPT-2's: tables of words and of positions, whose rows are added, and a dropout.
class WordAndPositionTables : public InputTables {
 public:
  /// `positions`: rows of the second table.
  WordAndPositionTables(ModelBuilder& builder, const std::string& path, std::int64_t positions);

  torch::Tensor forward(const torch::Tensor& ids, std::int64_t first_position) const override;
  const torch::Tensor& words() const override { return words_.weight(); }
  std::int64_t positions() const override { return positions_.weight().size(0); }

 private:
  Embedding words_;
  Embedding positions_;
  Dropout dropout_;
};

}  // namespace upmem_des::profiler

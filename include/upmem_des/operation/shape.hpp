/// The sizes of a tensor.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>

namespace upmem_des {

/// Up to eight sizes, outermost first, none negative. 0 is a size: an expert without tokens has shape [0, hidden].
class Shape {
 public:
  static constexpr std::size_t max_rank = 8;
  /// Bounds that every shape read or generated is held to; with them no product of sizes in a formula overflows.
  static constexpr std::int64_t max_size = 1'000'000'000;
  static constexpr double max_elements = 1e15;

  Shape() = default;
  /// Throws InputError on more than max_rank sizes.
  Shape(std::initializer_list<std::int64_t> sizes);

  /// Throws InputError when the shape is full.
  void push_back(std::int64_t size) {
    if (rank_ == max_rank) fail_full();
    sizes_[rank_++] = size;
  }
  /// Back to the empty shape.
  void clear() { rank_ = 0; }

  /// How many sizes there are.
  std::size_t rank() const { return rank_; }
  /// Has it no sizes?
  bool empty() const { return rank_ == 0; }
  std::int64_t operator[](std::size_t i) const { return sizes_[i]; }
  std::int64_t& operator[](std::size_t i) { return sizes_[i]; }
  /// The first size.
  const std::int64_t* begin() const { return sizes_.data(); }
  /// Behind the last size.
  const std::int64_t* end() const { return sizes_.data() + rank_; }

  /// The i-th size from the end (0 is the last), 1 where the shape has fewer.
  std::int64_t from_end(std::size_t i) const { return i < rank_ ? sizes_[rank_ - 1 - i] : 1; }
  /// Product of all sizes; 1 for the empty shape. Exact below 2^53.
  double elements() const {
    double product = 1;
    for (const std::int64_t size : *this) product *= static_cast<double>(size);
    return product;
  }

  /// "[1, 64, 4096]".
  std::string str() const;

  friend bool operator==(const Shape& a, const Shape& b) {
    bool equal = a.rank_ == b.rank_;
    for (std::size_t i = 0; equal && i < a.rank_; ++i) equal = a.sizes_[i] == b.sizes_[i];
    return equal;
  }
  friend bool operator!=(const Shape& a, const Shape& b) { return !(a == b); }

 private:
  [[noreturn]] static void fail_full();

  std::array<std::int64_t, max_rank> sizes_{};
  std::uint8_t rank_ = 0;
};

/// Does `shape` keep to the bounds above?
inline bool is_within_bounds(const Shape& shape) {
  double elements = 1;
  for (const std::int64_t size : shape) {
    if (size < 0 || size > Shape::max_size) return false;
    elements *= static_cast<double>(size);
  }
  return elements <= Shape::max_elements;
}

/// "" if `shape` keeps to the bounds above, else what is wrong and what was expected.
std::string shape_problem(const Shape& shape);

}  // namespace upmem_des

#include "report/shape_range.hpp"

#include <algorithm>

namespace upmem_des {

void ShapeRange::add(const Shape& shape) {
  if (!any_) {
    any_ = true;
    first_ = low_ = high_ = shape;
    return;
  }
  ranks_vary_ = ranks_vary_ || shape.rank() != first_.rank();
  if (ranks_vary_) return;
  for (std::size_t i = 0; i < shape.rank(); ++i) {
    low_[i] = std::min(low_[i], shape[i]);
    high_[i] = std::max(high_[i], shape[i]);
  }
}

std::string ShapeRange::str() const {
  if (!any_) return {};
  if (ranks_vary_) return first_.str() + ", …";
  std::string text = "[";
  for (std::size_t i = 0; i < low_.rank(); ++i) {
    if (i > 0) text += ", ";
    text += std::to_string(low_[i]);
    if (high_[i] != low_[i]) text += ".." + std::to_string(high_[i]);
  }
  return text + "]";
}

}  // namespace upmem_des

#include "upmem_des/operation/shape.hpp"

#include "upmem_des/util/error.hpp"

namespace upmem_des {

Shape::Shape(std::initializer_list<std::int64_t> sizes) {
  for (const std::int64_t size : sizes) push_back(size);
}

void Shape::fail_full() {
  throw InputError("a shape of more than " + std::to_string(max_rank) + " sizes; expected at most that many");
}

std::string Shape::str() const {
  std::string text = "[";
  for (std::size_t i = 0; i < rank_; ++i) text += (i == 0 ? "" : ", ") + std::to_string(sizes_[i]);
  return text + "]";
}

std::string shape_problem(const Shape& shape) {
  for (const std::int64_t size : shape) {
    if (size < 0) return "negative size " + std::to_string(size) + "; expected 0 or more";
    if (size > Shape::max_size)
      return "size " + std::to_string(size) + " is too large; expected at most " + std::to_string(Shape::max_size);
  }
  if (shape.elements() > Shape::max_elements) return "shape " + shape.str() + " has more than 1e15 elements";
  return {};
}

}  // namespace upmem_des

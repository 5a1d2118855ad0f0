/// The shapes that something had in all its calls.
#pragma once

#include <string>

#include "upmem_des/operation/shape.hpp"

namespace upmem_des {

/// Smallest and largest of each size.
class ShapeRange {
 public:
  void add(const Shape& shape);

  /// "[1, 64, 4096]"; "[1, 1..64, 4096]" where a size varies; "[8, 4096], …", the first shape, where the number of
  /// sizes does; "" where nothing was added.
  std::string str() const;

 private:
  bool any_ = false;
  bool ranks_vary_ = false;
  Shape first_;
  Shape low_;
  Shape high_;
};

}  // namespace upmem_des

/// Axes over devices.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace upmem_des {

/// Numbers places 0, 1, 2, … by their coordinates on several axes, of which the first is the innermost: it changes from
/// each place to the next. Of axes of sizes a, b, c place i + a·(j + b·k) has the coordinates i, j, k.
class Mesh {
 public:
  struct Axis {
    std::string name;
    std::size_t size = 1;  ///< at least 1
  };

  explicit Mesh(std::vector<Axis> axes) : axes_(std::move(axes)) {}

  /// The number of places: the product of the sizes.
  std::size_t size() const;
  /// Of an axis; 1 of one that there is not.
  std::size_t size(const std::string& axis) const;
  /// On an axis, of a place below size(); 0 on one that there is not.
  std::size_t coordinate(std::size_t place, const std::string& axis) const;

 private:
  std::vector<Axis> axes_;
};

}  // namespace upmem_des

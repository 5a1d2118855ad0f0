#include "run/mesh.hpp"

namespace upmem_des {

std::size_t Mesh::size() const {
  std::size_t product = 1;
  for (const Axis& axis : axes_) product *= axis.size;
  return product;
}

std::size_t Mesh::size(const std::string& name) const {
  for (const Axis& axis : axes_)
    if (axis.name == name) return axis.size;
  return 1;
}

std::size_t Mesh::coordinate(std::size_t place, const std::string& name) const {
  for (const Axis& axis : axes_) {
    if (axis.name == name) return place % axis.size;
    place /= axis.size;
  }
  return 0;
}

}  // namespace upmem_des

#include <utility>
#include <vector>

#include "platform/topologies.hpp"

namespace upmem_des {

namespace {

class TorusWays : public NetworkWays {
 public:
  TorusWays(std::vector<std::size_t> dimensions, const AddLink& add) : dimensions_(std::move(dimensions)) {
    std::size_t count = 1;
    for (const std::size_t dimension : dimensions_) count *= dimension;
    for (std::size_t position = 0; position < count; ++position) {
      std::size_t step = 1;
      for (const std::size_t dimension : dimensions_) {
        const std::size_t next = neighbour(position, step, dimension, true);
        Wires wires;
        // The one back to the first of two is there already.
        if (dimension > 2 || next > position) {
          wires.up = add("[" + std::to_string(position) + "-" + std::to_string(next) + "]", position, 1);
          wires.down = add("[" + std::to_string(next) + "-" + std::to_string(position) + "]", next, 1);
        }
        wires_.push_back(wires);
        step *= dimension;
      }
    }
  }

  std::vector<LinkIndex> way(std::size_t from, std::size_t to) const override {
    std::vector<LinkIndex> links;
    std::size_t at = from;
    std::size_t step = 1;
    for (std::size_t i = 0; i < dimensions_.size(); ++i) {
      const std::size_t dimension = dimensions_[i];
      const std::size_t here = from / step % dimension;
      const std::size_t there = to / step % dimension;
      const std::size_t half = dimension / 2;
      // SimGrid's choice: upwards at most half way round; over the end only from beyond the middle.
      const bool up = (there > here && there <= here + half) || (here > half && (here + half) % dimension >= there);
      while (at / step % dimension != there) {
        const std::size_t next = neighbour(at, step, dimension, up);
        links.push_back(up ? wires_[at * dimensions_.size() + i].up : wires_[next * dimensions_.size() + i].down);
        at = next;
      }
      step *= dimension;
    }
    return links;
  }

 private:
  /// Between a device and the next one upwards.
  struct Wires {
    LinkIndex up = 0;
    LinkIndex down = 0;
  };

  static std::size_t neighbour(std::size_t position, std::size_t step, std::size_t dimension, bool up) {
    const std::size_t here = position / step % dimension;
    return position - here * step + (here + (up ? 1 : dimension - 1)) % dimension * step;
  }

  std::vector<std::size_t> dimensions_;
  std::vector<Wires> wires_;  // by position and dimension
};

}  // namespace

std::shared_ptr<const NetworkWays> make_torus(const NetworkShape& shape, const AddLink& add) {
  return std::make_shared<TorusWays>(shape.dimensions, add);
}

}  // namespace upmem_des

#include <utility>
#include <vector>

#include "platform/topologies.hpp"

namespace upmem_des {

namespace {

class DragonflyWays : public NetworkWays {
 public:
  DragonflyWays(const NetworkShape& shape, const AddLink& add)
      : groups_(shape.groups.count),
        chassis_(shape.chassis.count),
        routers_(shape.routers.count),
        nodes_(shape.nodes),
        green_(groups_ * chassis_ * routers_ * routers_),
        black_(groups_ * chassis_ * routers_ * chassis_),
        blue_(groups_ * groups_) {
    for (std::size_t node = 0; node < groups_ * chassis_ * routers_ * nodes_; ++node) {
      const std::string name = ".node[" + std::to_string(node) + "]";
      const LinkIndex up = add(name + ".up", node, 1);
      local_.emplace_back(up, add(name + ".down", node, 1));
    }
    for (std::size_t group = 0; group < groups_; ++group) {
      for (std::size_t chassis = 0; chassis < chassis_; ++chassis)
        for (std::size_t a = 0; a < routers_; ++a)
          for (std::size_t b = 0; b < routers_; ++b)
            if (a != b)
              green_[router({group, chassis, a}) * routers_ + b] =
                  add(wire("green", {group, chassis, a}, {group, chassis, b}), std::nullopt, shape.routers.links);
      for (std::size_t a = 0; a < chassis_; ++a)
        for (std::size_t b = 0; b < chassis_; ++b)
          for (std::size_t index = 0; index < routers_ && a != b; ++index)
            black_[router({group, a, index}) * chassis_ + b] =
                add(wire("black", {group, a, index}, {group, b, index}), std::nullopt, shape.chassis.links);
    }
    // Router n of a group's first chassis is joined to group n.
    for (std::size_t a = 0; a < groups_; ++a)
      for (std::size_t b = 0; b < groups_; ++b)
        if (a != b) blue_[a * groups_ + b] = add(wire("blue", {a, 0, b}, {b, 0, a}), std::nullopt, shape.groups.links);
  }

  std::vector<LinkIndex> way(std::size_t from, std::size_t to) const override {
    std::vector<LinkIndex> links{local_[from].first};
    Router at = router_of(from);
    const Router end = router_of(to);
    if (at.group != end.group) {
      go_to_router(at, end.group, links);
      go_to_chassis(at, 0, links);
      links.push_back(blue_[at.group * groups_ + end.group]);
      at = {end.group, 0, at.group};
    }
    go_to_router(at, end.index, links);
    go_to_chassis(at, end.chassis, links);
    links.push_back(local_[to].second);
    return links;
  }

 private:
  struct Router {
    std::size_t group = 0;
    std::size_t chassis = 0;
    std::size_t index = 0;
  };

  std::size_t router(const Router& at) const { return (at.group * chassis_ + at.chassis) * routers_ + at.index; }

  Router router_of(std::size_t node) const {
    const std::size_t number = node / nodes_;
    return {number / routers_ / chassis_, number / routers_ % chassis_, number % routers_};
  }

  std::string wire(const char* color, const Router& from, const Router& to) const {
    return std::string(".") + color + "[" + std::to_string(router(from)) + "-" + std::to_string(router(to)) + "]";
  }

  void go_to_router(Router& at, std::size_t index, std::vector<LinkIndex>& links) const {
    if (at.index == index) return;
    links.push_back(green_[router(at) * routers_ + index]);
    at.index = index;
  }

  void go_to_chassis(Router& at, std::size_t chassis, std::vector<LinkIndex>& links) const {
    if (at.chassis == chassis) return;
    links.push_back(black_[router(at) * chassis_ + chassis]);
    at.chassis = chassis;
  }

  std::size_t groups_;
  std::size_t chassis_;
  std::size_t routers_;
  std::size_t nodes_;
  std::vector<std::pair<LinkIndex, LinkIndex>> local_;  // by node: up, down
  std::vector<LinkIndex> green_;                        // by router, and that of its chassis
  std::vector<LinkIndex> black_;                        // by router, and the chassis of its group
  std::vector<LinkIndex> blue_;                         // by group, and the other
};

}  // namespace

std::shared_ptr<const NetworkWays> make_dragonfly(const NetworkShape& shape, const AddLink& add) {
  return std::make_shared<DragonflyWays>(shape, add);
}

}  // namespace upmem_des

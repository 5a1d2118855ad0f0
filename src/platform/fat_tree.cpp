#include <utility>
#include <vector>

#include "platform/topologies.hpp"

namespace upmem_des {

namespace {

/// A device (level 0) or switch has a label of one digit a level: below its own level which of its parents' ways leads
/// to it, from there on which child it is. A switch's children are those that differ in the digit below its level
/// alone.
class FatTreeWays : public NetworkWays {
 public:
  FatTreeWays(const NetworkShape& shape, const AddLink& add) : down_(shape.down), up_(shape.up), links_(shape.links) {
    for (std::size_t level = 0; level < levels(); ++level) {
      std::size_t count = 1;
      for (std::size_t digit = 0; digit < levels(); ++digit) count *= radix(level, digit);
      first_.push_back(wires_.size());
      for (std::size_t position = 0; position < count; ++position)
        for (std::size_t port = 0; port < up_[level] * links_[level]; ++port) add_wires({level, position}, port, add);
    }
  }

  std::vector<LinkIndex> way(std::size_t from, std::size_t to) const override {
    std::vector<LinkIndex> links;
    Node at{0, from};
    while (!has_below(at, to)) {
      std::size_t port = to;
      for (std::size_t level = 0; level < at.level; ++level) port /= up_[level];
      port %= up_[at.level] * links_[at.level];
      links.push_back(wires(at, port).up);
      at = parent(at, port);
    }
    while (at.level > 0) {
      // Which of parallel wires, by the sender. SimGrid goes on through the ports of the switch below from where it
      // found the way to it.
      std::size_t port = from % links_[at.level - 1] * down_[at.level - 1];
      for (; at.level > 0 && port < down_[at.level - 1] * links_[at.level - 1]; ++port) {
        const std::size_t below = at.level - 1;
        if (port % down_[below] != digit({0, to}, below)) continue;
        const std::size_t up_port = digit(at, below) + port / down_[below] * up_[below];
        at = {below, with_digit(at, below, below, port % down_[below])};
        links.push_back(wires(at, up_port).down);
      }
    }
    return links;
  }

 private:
  struct Node {
    std::size_t level = 0;
    std::size_t position = 0;
  };
  struct Wires {
    LinkIndex up = 0;
    LinkIndex down = 0;
  };

  std::size_t levels() const { return down_.size(); }
  /// How many values a digit has on a level.
  std::size_t radix(std::size_t level, std::size_t digit) const { return digit >= level ? down_[digit] : up_[digit]; }

  std::size_t digit(const Node& node, std::size_t index) const {
    std::size_t rest = node.position;
    for (std::size_t i = 0; i < index; ++i) rest /= radix(node.level, i);
    return rest % radix(node.level, index);
  }

  /// The position on another level of the node whose label differs in one digit.
  std::size_t with_digit(const Node& node, std::size_t level, std::size_t index, std::size_t value) const {
    std::size_t position = 0;
    for (std::size_t i = levels(); i-- > 0;)
      position = position * radix(level, i) + (i == index ? value : digit(node, i));
    return position;
  }

  Node parent(const Node& node, std::size_t port) const {
    return {node.level + 1, with_digit(node, node.level + 1, node.level, port % up_[node.level])};
  }

  bool has_below(const Node& node, std::size_t device) const {
    if (node.level == 0) return false;
    for (std::size_t i = node.level; i < levels(); ++i)
      if (digit(node, i) != digit({0, device}, i)) return false;
    return true;
  }

  const Wires& wires(const Node& child, std::size_t port) const {
    return wires_[first_[child.level] + child.position * up_[child.level] * links_[child.level] + port];
  }

  void add_wires(const Node& child, std::size_t port, const AddLink& add) {
    const Node above = parent(child, port);
    const auto name = [](const Node& node) { return std::to_string(node.level) + "." + std::to_string(node.position); };
    const std::size_t which = port / up_[child.level];
    const std::string end = (which > 0 ? ":" + std::to_string(which) : "") + "]";
    const auto owner = child.level == 0 ? std::optional(child.position) : std::nullopt;
    const LinkIndex up = add("[" + name(child) + "-" + name(above) + end, owner, 1);
    wires_.push_back({up, add("[" + name(above) + "-" + name(child) + end, owner, 1)});
  }

  std::vector<std::size_t> down_;
  std::vector<std::size_t> up_;
  std::vector<std::size_t> links_;
  std::vector<std::size_t> first_;  // by level of the child: index into wires_
  std::vector<Wires> wires_;        // by child and port: parents, then parents by the second wire, …
};

}  // namespace

std::shared_ptr<const NetworkWays> make_fat_tree(const NetworkShape& shape, const AddLink& add) {
  return std::make_shared<FatTreeWays>(shape, add);
}

}  // namespace upmem_des

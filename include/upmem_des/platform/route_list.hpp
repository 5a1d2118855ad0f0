/// The ways of a machine, by index.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "upmem_des/platform/indices.hpp"

namespace upmem_des {

/// A way from one device to another, or to several at once (broadcast), or, of a collective, the links that several
/// devices use at once to send to each other: the bytes cross every link once.
struct RouteSpec {
  /// A device that takes part in a collective.
  struct End {
    DeviceIndex device = host_device;
    double moved = 0;  ///< bytes that it sends and receives for each byte on a link

    bool operator==(const End& other) const { return device == other.device && moved == other.moved; }
  };

  DeviceIndex from = host_device;
  std::vector<DeviceIndex> to;  ///< one device, or all that a broadcast reaches, ascending; of a collective, the others
  std::vector<LinkIndex> links;  ///< at least one

  std::string collective{};  ///< a name for people: "ring over gpu"; empty for one that has one sender
  std::vector<End> ends{};   ///< of a collective
  double arrives = 1;        ///< bytes that arrive anywhere for each byte on a link

  /// Do several devices send at once?
  bool is_collective() const { return !collective.empty(); }
  /// Does one device send to several?
  bool broadcast() const { return to.size() > 1 && !is_collective(); }
};

/// The links from each device of a network to each other.
class NetworkWays {
 public:
  virtual ~NetworkWays() = default;
  /// From one position in the network to another, in the order in which they are crossed; at least one.
  virtual std::vector<LinkIndex> way(std::size_t from, std::size_t to) const = 0;
};

/// Routes that were added, and for each network one for every ordered pair of its devices: those are made when they are
/// first asked for, since a thousand devices have a million. Which index means what is decided when a network is added,
/// not by what is asked for. Where two devices are in several networks, the way between them is that of the one on the
/// lowest level; the others have indices, too, which find() does not give.
///
/// operator[] writes down what it has made: a list is not for several threads at once.
class RouteList {
 public:
  RouteList() = default;
  /// As push_back() of each.
  RouteList(std::initializer_list<RouteSpec> routes);

  /// Adds a route, behind all others. find() gives it unless it is a broadcast or a collective's, or there is one
  /// between the same ends already.
  void push_back(RouteSpec route);
  /// Adds the routes of a network: first those from the device at position 0, to the others in order of position.
  void add_network(std::vector<DeviceIndex> devices, std::size_t level, std::shared_ptr<const NetworkWays> ways);

  /// Of all routes, made or not.
  std::size_t size() const { return size_; }
  /// The reference holds until a route is added.
  const RouteSpec& operator[](RouteIndex route) const;
  /// The last route.
  const RouteSpec& back() const { return (*this)[size_ - 1]; }

  /// The route from one device to another alone; none where there is no direct one.
  std::optional<RouteIndex> find(DeviceIndex from, DeviceIndex to) const;
  /// May the route be taken? Not where the same two devices have a way on a lower level.
  bool is_used(RouteIndex route) const;
  /// Those that may be.
  std::size_t used_count() const;

  /// Those that were added one by one, in order of index.
  const std::vector<RouteIndex>& listed() const { return listed_; }
  /// Has add_network() been called?
  bool has_networks() const { return !networks_.empty(); }

  /// Calls `call(RouteIndex, const RouteSpec&)` for all that may be taken, in order, and keeps nothing of those that
  /// are made for that.
  template <class Call>
  void for_each_used(Call&& call) const {
    for (const Block& block : blocks_)
      for (RouteIndex i = block.first; i < block.first + block.count; ++i) {
        if (!block.network)
          call(i, stated_[block.first_stated + (i - block.first)]);
        else if (is_used(i))
          call(i, made(block, i));
      }
  }

  /// The same for those that were added one by one.
  template <class Call>
  void for_each_stated(Call&& call) const {
    for (const Block& block : blocks_)
      if (!block.network)
        for (std::size_t i = 0; i < block.count; ++i) call(block.first + i, stated_[block.first_stated + i]);
  }

  /// Over all indices.
  class Iterator {
   public:
    using iterator_category = std::input_iterator_tag;
    using value_type = RouteSpec;
    using difference_type = std::ptrdiff_t;
    using pointer = const RouteSpec*;
    using reference = const RouteSpec&;

    Iterator(const RouteList& list, RouteIndex at) : list_(&list), at_(at) {}
    reference operator*() const { return (*list_)[at_]; }
    pointer operator->() const { return &(*list_)[at_]; }
    Iterator& operator++() {
      ++at_;
      return *this;
    }
    bool operator==(const Iterator& other) const { return at_ == other.at_; }
    bool operator!=(const Iterator& other) const { return at_ != other.at_; }

   private:
    const RouteList* list_;
    RouteIndex at_;
  };
  /// The first route.
  Iterator begin() const { return {*this, 0}; }
  /// Behind the last route.
  Iterator end() const { return {*this, size_}; }

 private:
  /// Indices that follow each other.
  struct Block {
    RouteIndex first = 0;
    std::size_t count = 0;
    std::size_t first_stated = 0;        // index into stated_, without `network`
    std::optional<std::size_t> network;  // index into networks_
  };
  struct Network {
    std::vector<DeviceIndex> devices;
    std::size_t level = 0;
    RouteIndex first = 0;
    std::shared_ptr<const NetworkWays> ways;
  };
  struct Place {
    std::size_t network = 0;
    std::size_t position = 0;
  };

  const Block& block_of(RouteIndex route) const;
  RouteSpec made(const Block& block, RouteIndex route) const;

  std::size_t size_ = 0;
  std::vector<Block> blocks_;
  std::vector<RouteSpec> stated_;
  std::vector<RouteIndex> listed_;
  std::vector<Network> networks_;
  std::vector<std::vector<Place>> places_;                  // by device, from the lowest level up
  std::unordered_map<std::uint64_t, RouteIndex> by_ends_;   // of stated ones
  mutable std::unordered_map<RouteIndex, RouteSpec> made_;  // of networks
};

}  // namespace upmem_des

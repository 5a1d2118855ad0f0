#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "platform/platform_writer.hpp"
#include "upmem_des/util/error.hpp"
#include "util/harmless_text.hpp"
#include "util/number_text.hpp"

namespace upmem_des {

namespace {

constexpr int digits = 6;
/// Equal boxes under one box; more become one box that stands for all.
constexpr std::size_t most_side_by_side = 4;

std::string plain(double value) {
  return rounded_plain(value, digits);
}

using Lines = std::vector<std::string>;

/// A string of Graphviz, of one line.
std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : one_line(text)) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

/// Of several.
std::string quoted(const Lines& lines) {
  std::string out = "\"\"";
  for (const std::string& line : lines) {
    const std::string text = quoted(line);
    out.replace(out.size() - 1, 1, (out.size() > 2 ? "\\n" : "") + text.substr(1));
  }
  return out;
}

std::string rate(double bandwidth_Bps) {
  return plain(bandwidth_Bps / 1e9) + " GB/s";
}

/// "44 GB/s", or what either direction has.
Lines rates(const LinkSpec& down, const LinkSpec& up, const std::string& each) {
  if (down.bandwidth_Bps != up.bandwidth_Bps)
    return {each + "to " + rate(down.bandwidth_Bps), "from " + rate(up.bandwidth_Bps)};
  Lines lines{each + rate(down.bandwidth_Bps)};
  if (down.medium) lines.emplace_back("half duplex");
  return lines;
}

/// One box: a device or shared link, or several equal ones.
struct Box {
  std::string name;
  std::vector<std::size_t> members;  ///< indices into devices or shared_links
};

class Drawing {
 public:
  explicit Drawing(const PlatformSpec& platform) : platform_(platform), box_of_device_(platform.devices.size()) {}

  std::string draw() {
    text_ =
        "digraph machine {\n  rankdir=LR; ranksep=0.9; fontname=\"Helvetica\";\n"
        "  node [shape=box, style=\"filled,rounded\", color=\"#3b5b8c\", fillcolor=\"#e8eef7\", "
        "fontname=\"Helvetica\", "
        "fontsize=12];\n"
        "  edge [color=\"#5b6b82\", fontname=\"Helvetica\", fontsize=10, arrowsize=0.6];\n";
    if (!platform_.name.empty()) text_ += "  labelloc=t; label=" + quoted(platform_.name) + ";\n";
    const DeviceSpec& host = platform_.devices[host_device];
    box_of_device_[host_device] = host.name;
    add_node(host.name, device_label({host.name, {host_device}}), ", fillcolor=\"#f6e7d4\", color=\"#8c5f2b\"");
    if (host.to_host)
      text_ += fmt::format("  {0} -> {0} [label={1}];\n", quoted(host.name),
                           quoted(rate(platform_.bandwidth_Bps(platform_.routes[*host.to_host]))));
    draw_under(host.name, {std::nullopt});
    draw_networks();
    return text_ + "}\n";
  }

 private:
  using Parents = std::vector<std::optional<std::size_t>>;

  void add_node(const std::string& name, const Lines& label, const std::string& more = "") {
    text_ += "  " + quoted(name) + " [label=" + quoted(label) + more + "];\n";
  }

  void add_edge(const std::string& from, const std::string& to, const Lines& label) {
    text_ += "  " + quoted(from) + " -> " + quoted(to) + " [dir=both";
    text_ += label.empty() ? "];\n" : ", label=" + quoted(label) + "];\n";
  }

  /// What hangs on the shared links `parents` (none: HOST), which one box stands for.
  void draw_under(const std::string& box, const Parents& parents) {
    const auto hangs_here = [&parents](const std::optional<std::size_t>& under) {
      return std::find(parents.begin(), parents.end(), under) != parents.end();
    };
    const auto& shared = platform_.shared_links;
    for (std::size_t i = 0; i < shared.size();) {
      std::vector<std::size_t> members;
      const std::size_t first = i;
      for (; i < shared.size() && shared[i].group == shared[first].group; ++i)
        if (hangs_here(shared[i].under)) members.push_back(i);
      for (const Box& child : boxes(shared[first].group, first, i - first, members, parents.size() > 1))
        draw_shared_links(box, child);
    }
    for (const DeviceGroup& group : platform_.groups) {
      std::vector<std::size_t> members;
      for (DeviceIndex i = group.first; i < group.first + group.count; ++i)
        if (hangs_here(platform_.devices[i].under)) members.push_back(i);
      for (const Box& child : boxes(group.name, group.first, group.count, members, parents.size() > 1))
        draw_devices(box, child);
    }
  }

  /// One box for all members, or one for each where they are few and under one box that stands for one thing. Members
  /// follow each other.
  static std::vector<Box> boxes(const std::string& group, std::size_t first, std::size_t count,
                                const std::vector<std::size_t>& members, bool together) {
    const auto name = [&](std::size_t from, std::size_t to) {
      if (count == 1) return group;
      return group + "[" + std::to_string(from - first) + (from == to ? "" : ".." + std::to_string(to - first)) + "]";
    };
    if (members.empty()) return {};
    if (together || members.size() > most_side_by_side) return {{name(members.front(), members.back()), members}};
    std::vector<Box> single;
    for (const std::size_t member : members) single.push_back({name(member, member), {member}});
    return single;
  }

  void draw_shared_links(const std::string& parent, const Box& box) {
    const SharedLinkSpec& link = platform_.shared_links[box.members.front()];
    const bool several = box.members.size() > 1;
    Lines label{box.name};
    if (several) label.push_back(std::to_string(box.members.size()) + " links");
    add_node(box.name, label, ", shape=ellipse, fillcolor=\"#eef3e6\", color=\"#5a7a3a\"");
    add_edge(parent, box.name,
             rates(platform_.links[link.host_to_device], platform_.links[link.device_to_host], several ? "each " : ""));
    draw_under(box.name, Parents(box.members.begin(), box.members.end()));
  }

  void draw_devices(const std::string& parent, const Box& box) {
    const DeviceSpec& device = platform_.devices[box.members.front()];
    for (const DeviceIndex member : box.members) box_of_device_[member] = box.name;
    add_node(box.name, device_label(box), box.members.size() > 1 ? ", peripheries=2" : "");
    add_edge(
        parent, box.name,
        rates(platform_.links[platform_.routes[*device.from_host].links.back()],
              platform_.links[platform_.routes[*device.to_host].links.front()], box.members.size() > 1 ? "each " : ""));
  }

  Lines device_label(const Box& box) const {
    const DeviceSpec& device = platform_.devices[box.members.front()];
    Lines label{box.name};
    if (box.members.size() > 1)
      label.push_back(fmt::format("{} x {}, each", box.members.size(), device.architecture.name));
    else if (device.architecture.name != box.name)
      label.push_back(device.architecture.name);
    label.push_back(plain(device.ratings.flops_per_s / 1e12) + " TFLOP/s");
    label.push_back("memory " + rate(device.memory.bandwidth_Bps));
    if (device.architecture.capacity_B) label.back() += ", " + plain(*device.architecture.capacity_B / 1e9) + " GB";
    const std::vector<RouteIndex>& listed = platform_.routes.listed();
    const bool is_reached_at_once = std::any_of(listed.begin(), listed.end(), [&](RouteIndex index) {
      const RouteSpec& route = platform_.routes[index];
      return route.broadcast() && std::binary_search(route.to.begin(), route.to.end(), box.members.front());
    });
    if (is_reached_at_once) label.emplace_back("broadcast from HOST");
    return label;
  }

  void draw_networks() {
    const auto& networks = platform_.networks;
    for (std::size_t i = 0; i < networks.size();) {
      const std::size_t first = i;
      while (i < networks.size() && networks[i].group == networks[first].group) ++i;
      const std::size_t count = i - first;
      // Each for itself only where its devices have boxes of their own.
      bool apart = count <= most_side_by_side;
      for (std::size_t n = first; n + 1 < i; ++n)
        apart = apart && box_of_device_[networks[n].devices.back()] != box_of_device_[networks[n + 1].devices.front()];
      if (apart)
        for (std::size_t n = first; n < i; ++n) draw_network(n, 1);
      else
        draw_network(first, count);
    }
  }

  /// `count` equal networks that follow each other.
  void draw_network(std::size_t first, std::size_t count) {
    const NetworkSpec& network = platform_.networks[first];
    const char* kind = topology_name(network.topology);
    const std::string title = count == 1 ? network.name : network.group;
    const std::string name = title + " " + kind;  // no device has a blank in its name
    Lines label{title, kind};
    if (count > 1) label.back() = fmt::format("{} x {} of {} devices", count, kind, network.devices.size());
    label.push_back("each link " + rate(platform_.links[network.link].bandwidth_Bps));
    if (network.nic_count > 0)
      label.push_back(fmt::format("{} of {}",
                                  network.nic_count == 1 ? "NIC" : std::to_string(network.nic_count) + " NICs",
                                  rate(platform_.links[network.link + 2 * network.devices.size()].bandwidth_Bps)));
    if (network.middle) label.push_back("in the middle " + rate(platform_.links[*network.middle].bandwidth_Bps));
    add_node(name, label,
             std::string(", shape=ellipse, fillcolor=\"#f3e6f0\", color=\"#7a3a6b\"") +
                 (count > 1 ? ", peripheries=2" : ""));
    std::string last;
    for (std::size_t n = first; n < first + count; ++n)
      for (const DeviceIndex device : platform_.networks[n].devices) {
        if (box_of_device_[device] != last) add_edge(box_of_device_[device], name, {});
        last = box_of_device_[device];
      }
  }

  const PlatformSpec& platform_;
  std::vector<std::string> box_of_device_;
  std::string text_;
};

}  // namespace

std::string platform_dot(const PlatformSpec& platform) {
  return Drawing(platform).draw();
}

}  // namespace upmem_des

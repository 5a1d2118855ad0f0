#include <charconv>
#include <map>
#include <optional>
#include <tuple>

#include "platform/platform_writer.hpp"
#include "platform/stated_energies.hpp"
#include "upmem_des/util/error.hpp"
#include "util/harmless_text.hpp"
#include "util/number_text.hpp"
#include "util/text_table.hpp"

namespace upmem_des {

namespace {

using Align = TextTable::Align;

constexpr int digits = 6;

std::string plain(double value) {
  return rounded_plain(value, digits);
}

std::string giga(double value) {
  return plain(value / 1e9);
}

std::string pj_per_bit(double energy_J_per_byte) {
  return plain(energy_J_per_byte / 8e-12);
}

/// As short as a column has room for.
std::string stated(const EnergyFigure& energy, const std::string& text) {
  return energy.is_stated() ? text : "-";
}

std::string range_text(std::size_t first, std::size_t last) {
  return "[" + std::to_string(first) + (first == last ? "" : ".." + std::to_string(last)) + "]";
}

void device_row(TextTable& table, const std::string& name, std::size_t count, const DeviceSpec& device) {
  const DeviceRatings& ratings = device.ratings;
  const Architecture& profile = device.architecture;
  const EnergyFigure& memory_J = profile.memory.energy_J_per_byte;
  table.row({name, std::to_string(count), profile.name, plain(ratings.flops_per_s / 1e12),
             stated(profile.energy_J_per_flop, plain(ratings.arithmetic_W)),
             stated(profile.energy_J_per_flop, plain(ratings.vector_W)), giga(device.memory.bandwidth_Bps),
             stated(memory_J, pj_per_bit(memory_J)), stated(memory_J, plain(ratings.memory_W)),
             profile.capacity_B ? giga(*profile.capacity_B) : "-", plain(profile.idle_W), plain(profile.active_W),
             profile.power_limit_W ? plain(*profile.power_limit_W) : "-"});
}

/// A row for HOST and one for each group.
std::string device_table(const PlatformSpec& platform) {
  TextTable table({Align::Left, Align::Right, Align::Left, Align::Right, Align::Right, Align::Right, Align::Right,
                   Align::Right, Align::Right, Align::Right, Align::Right, Align::Right, Align::Right});
  table.row({"device", "count", "architecture", "TFLOP/s", "arithmetic W", "fixed-time W", "memory GB/s", "pJ/bit",
             "memory W", "capacity GB", "idle W", "active W", "limit W"});
  table.rule();
  device_row(table, platform.devices[host_device].name, 1, platform.devices[host_device]);
  for (const DeviceGroup& group : platform.groups)
    device_row(table, group.name + (group.count == 1 ? "" : range_text(0, group.count - 1)), group.count,
               platform.devices[group.first]);
  return table.str();
}

/// "dimm[3].up" is number 3 of "dimm" and ".up"; "nvlink[0-1]" is a wire, without a number, and so is "node[3][0-1]".
struct NumberedName {
  explicit NumberedName(const std::string& name) : before(name) {
    const std::size_t open = name.find('[');
    const std::size_t close = name.find(']', open);
    if (open == std::string::npos || close == std::string::npos) return;
    before = name.substr(0, open);
    if (const std::size_t wire = name.rfind('['); name.find('-', wire) < name.find(']', wire)) {
      is_wire = true;
      after = (wire > open ? "[k]" + name.substr(close + 1, wire - close - 1) : "") + "[i-j]" +
              name.substr(name.find(']', wire) + 1);
      return;
    }
    const std::string inside = name.substr(open + 1, close - open - 1);
    after = name.substr(close + 1);
    std::size_t value = 0;
    const auto [stop, error] = std::from_chars(inside.data(), inside.data() + inside.size(), value);
    if (error == std::errc() && stop == inside.data() + inside.size()) number = value;
  }

  std::string before;
  std::string after;
  std::optional<std::size_t> number;
  bool is_wire = false;
};

struct LinkRow {
  const LinkSpec* link = nullptr;  ///< the first
  NumberedName name;
  std::size_t last = 0;
  std::size_t count = 1;
  std::size_t devices = 0;
  bool is_stated = true;

  std::string str() const {
    if (count == 1) return link->name;
    return name.before + (name.is_wire ? "" : range_text(*name.number, last)) + name.after;
  }
};

/// For each link, the devices whose transfers cross it on the way to or from HOST or to another device.
std::vector<std::size_t> devices_behind(const PlatformSpec& platform) {
  std::vector<std::vector<bool>> seen(platform.links.size());
  std::vector<std::size_t> counts(platform.links.size());
  platform.routes.for_each_used([&](RouteIndex, const RouteSpec& route) {
    if (route.broadcast()) return;
    const DeviceIndex device = route.from == host_device ? route.to.front() : route.from;
    for (const LinkIndex link : route.links) {
      seen[link].resize(platform.devices.size());
      if (!seen[link][device]) ++counts[link];
      seen[link][device] = true;
    }
  });
  return counts;
}

/// A row for links that follow each other by number and are equal.
std::string link_table(const PlatformSpec& platform) {
  const std::vector<std::size_t> devices = devices_behind(platform);
  const StatedEnergies stated(platform);
  std::vector<LinkRow> rows;
  using Kind = std::tuple<std::string, std::string, double, double, double, bool, std::size_t, bool>;
  std::map<Kind, std::size_t> last_row;
  for (LinkIndex i = 0; i < platform.links.size(); ++i) {
    const LinkSpec& link = platform.links[i];
    LinkRow row{&link, NumberedName(link.name), 0, 1, devices[i], stated.of_link(i)};
    row.last = row.name.number.value_or(0);
    const Kind kind{row.name.before, row.name.after,          link.bandwidth_Bps, link.latency_s,
                    link.power_W,    link.medium.has_value(), devices[i],         row.is_stated};
    const auto known = last_row.find(kind);
    const bool goes_on = known != last_row.end() &&
                         (row.name.is_wire || (row.name.number && rows[known->second].last + 1 == *row.name.number));
    if (goes_on) {
      rows[known->second].last = row.last;
      ++rows[known->second].count;
    } else {
      last_row[kind] = rows.size();
      rows.push_back(std::move(row));
    }
  }
  TextTable table(
      {Align::Left, Align::Right, Align::Right, Align::Right, Align::Left, Align::Right, Align::Right, Align::Right});
  table.row({"link", "count", "devices", "GB/s", "duplex", "latency ns", "pJ/bit", "W"});
  table.rule();
  for (const LinkRow& row : rows)
    table.row({row.str(), std::to_string(row.count), std::to_string(row.devices), giga(row.link->bandwidth_Bps),
               row.link->medium ? "half" : "full", plain(row.link->latency_s * 1e9),
               row.is_stated ? pj_per_bit(row.link->energy_J_per_byte()) : "-",
               row.is_stated ? plain(row.link->power_W) : "-"});
  return table.str();
}

/// A row for the equal ways from one group to another. Empty where every way is one link.
std::string route_table(const PlatformSpec& platform) {
  std::vector<std::string> group_of(platform.devices.size(), platform.devices[host_device].name);
  for (const DeviceGroup& group : platform.groups)
    for (std::size_t i = 0; i < group.count; ++i) group_of[group.first + i] = group.name;
  using Kind = std::tuple<std::string, std::size_t, double, double, std::string>;
  const StatedEnergies stated(platform);
  std::vector<std::pair<Kind, std::size_t>> rows;
  std::map<Kind, std::size_t> row_of;
  bool is_plain = true;
  platform.routes.for_each_used([&](RouteIndex, const RouteSpec& route) {
    if (route.is_collective()) return;
    is_plain = is_plain && route.links.size() == 1;
    const Kind kind{group_of[route.from] + " -> " + (route.broadcast() ? "all of " : "") + group_of[route.to.front()],
                    route.links.size(), platform.bandwidth_Bps(route), platform.latency_s(route),
                    stated.of_route(route) ? pj_per_bit(platform.energy_J_per_byte(route)) : "-"};
    const auto [at, is_new] = row_of.emplace(kind, rows.size());
    if (is_new) rows.emplace_back(kind, 0);
    ++rows[at->second].second;
  });
  if (is_plain) return {};
  TextTable table({Align::Left, Align::Right, Align::Right, Align::Right, Align::Right, Align::Right});
  table.row({"route", "count", "links", "GB/s", "latency ns", "pJ/bit"});
  table.rule();
  for (const auto& [kind, count] : rows)
    table.row({std::get<0>(kind), std::to_string(count), std::to_string(std::get<1>(kind)), giga(std::get<2>(kind)),
               plain(std::get<3>(kind) * 1e9), std::get<4>(kind)});
  return "\n" + table.str();
}

/// The middle of a price, where it can be told.
std::string price_text(const ItemPrice& price, const std::optional<double>& capacity_B) {
  const std::optional<double> capacity_GB = capacity_B ? std::optional(*capacity_B / 1e9) : std::nullopt;
  return price.can_be_priced(capacity_GB) ? plain(price.usd({}, capacity_GB)) : "-";
}

/// What has a price or embodied carbon; empty where nothing has. Of ranges the middle.
std::string price_table(const PlatformSpec& platform) {
  TextTable table({Align::Left, Align::Right, Align::Right, Align::Right});
  bool is_empty = true;
  const auto row = [&](const std::string& name, double count, const ItemPrice& price,
                       const std::optional<double>& capacity_B) {
    is_empty = false;
    table.row(
        {name, plain(count), price_text(price, capacity_B), price.embodied_kg ? plain(price.embodied_kg->mid) : "-"});
  };
  table.row({"cost", "count", "USD each", "kg CO2 each"});
  table.rule();
  if (platform.prices.machine) row("the machine", 1, *platform.prices.machine, std::nullopt);
  const Architecture& host = platform.devices[host_device].architecture;
  if (host.price) row(platform.devices[host_device].name, platform.prices.host_share, *host.price, host.capacity_B);
  for (const DeviceGroup& group : platform.groups) {
    const Architecture& profile = platform.devices[group.first].architecture;
    if (profile.price) row(group.name, static_cast<double>(group.count), *profile.price, profile.capacity_B);
  }
  for (const PlatformPrices::Part& part : platform.prices.parts)
    row(part.name, static_cast<double>(part.count), part.price, std::nullopt);
  return is_empty ? "" : "\n" + table.str();
}

}  // namespace

std::string platform_text(const PlatformSpec& platform) {
  const std::string title = platform.name.empty() ? "" : one_line(platform.name) + "\n\n";
  return title + device_table(platform) + "\n" + link_table(platform) + route_table(platform) + price_table(platform);
}

}  // namespace upmem_des

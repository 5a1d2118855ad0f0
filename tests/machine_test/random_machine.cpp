#include "random_machine.hpp"

#include <numeric>

namespace upmem_des::test {

namespace {

class MachineWriter {
 public:
  explicit MachineWriter(Dice& dice) : dice_(dice), round_(dice.one_in(2)) {}

  RandomMachine write() {
    choose_groups();
    write_profiles();
    write_links();
    write_groups();
    write_networks();
    return machine_;
  }

 private:
  /// Irregular figures have decimals that nothing else is a multiple of.
  std::string bandwidth() {
    return dice_.one_of({"1", "2", "8", "30"}) + (round_ ? "" : "." + std::to_string(1 + dice_.below(997)));
  }
  std::string energy() { return dice_.one_in(6) ? "0" : std::to_string(1 + dice_.below(60)); }
  std::string latency() { return dice_.one_of({"0", "0", "70", "1000", "20000"}); }

  void choose_groups() {
    const std::int64_t all = 1 + dice_.below(6);
    const std::int64_t first = dice_.one_in(2) ? all : 1 + dice_.below(all);
    machine_.groups.push_back({"a", first});
    if (first < all) machine_.groups.push_back({"b", all - first});
  }

  /// What computes in its memory beside a controller.
  static constexpr const char* banks =
      ",\n   pim: {rows_per_weight_pass: 2, banks: 16, cache_banks: 2, bank_per_output: true, row_bytes: 512, "
      "row_open_ns: 40, row_open_pj: 300, input_bw_GBs: 5, input_copies: 2, output_bw_GBs: 7,\n         "
      "in_banks: [linear, attention, convolution], controller: {tflops: 0.03, bw_GBs: 9, pj_per_bit: 5}}";

  void write_profile(const std::string& name, bool host) {
    const std::string decimals = round_ ? "" : ".37";
    std::string& text = machine_.devices;
    text += name + ":\n  {host_to_device_bw_GBs: " + bandwidth() + ", host_to_device_pj_per_bit: " + energy() +
            ", device_to_host_bw_GBs: " + bandwidth() + ", device_to_host_pj_per_bit: " + energy() +
            ",\n   mem_bw_GBs: " + dice_.one_of({"10", "40", "100"}) + decimals + ", mem_pj_per_bit: " + energy() +
            ", tflops: " + dice_.one_of({"0.05", "0.2", "1"}) + ", pj_per_tflop: 1.5e+12";
    if (!host && dice_.one_in(3)) text += ", link_latency_ns: " + latency();
    if (dice_.one_in(3)) text += ", idle_W: " + dice_.one_of({"0.5", "3"});
    if (dice_.one_in(3)) text += ", active_W: " + dice_.one_of({"0.7", "4"});
    if (dice_.one_in(3)) text += ", power_limit_W: " + dice_.one_of({"7.5", "9", "30"});
    if (dice_.one_in(3)) text += ", launch_overhead_ns: " + dice_.one_of({"200", "5000"});
    if (dice_.one_in(3)) text += ", compute_efficiency: 0.7, mem_efficiency: 0.9";
    if (dice_.one_in(3)) text += std::string(", tflops_int4: 1.3") + (host ? "" : banks);
    if (dice_.one_in(3)) text += ", softmax_ns_per_element: 0.05, SiLU_ns_per_element: 0.025";
    if (dice_.one_in(3)) text += ", RMSNorm_ns_per_element: 0.05";
    text += "}\n";
  }

  void write_profiles() {
    write_profile("A", false);
    write_profile("B", false);
    write_profile("HOST", true);
  }

  /// Channels: of one for all groups, of several for those that they divide; now and then all below one bus.
  void write_links() {
    if (!dice_.one_in(2)) return;
    std::int64_t common = 0;
    for (const RandomMachine::Group& group : machine_.groups) common = std::gcd(common, group.count);
    const std::int64_t count = dice_.one_in(3) ? common : 1;
    const bool below_a_bus = dice_.one_in(4);
    std::string& text = machine_.platform;
    text += "links:\n";
    if (below_a_bus) text += "  - {name: bus" + link_figures() + "}\n";
    text += "  - {name: channel, count: " + std::to_string(count) + (below_a_bus ? ", under: bus" : "") +
            link_figures() + "}\n";
    has_channel_ = true;
  }

  std::string link_figures() {
    std::string text = ", latency_ns: " + latency();
    if (dice_.one_in(2)) return text + ", duplex: half, bw_GBs: " + bandwidth() + ", pj_per_bit: " + energy();
    if (dice_.one_in(2)) return text + ", bw_GBs: " + bandwidth() + ", pj_per_bit: " + energy();
    return text + ", host_to_device_bw_GBs: " + bandwidth() + ", device_to_host_bw_GBs: " + bandwidth() +
           ", host_to_device_pj_per_bit: " + energy();
  }

  void write_groups() {
    std::string& text = machine_.platform;
    text += "devices:\n";
    bool under = has_channel_;
    for (const RandomMachine::Group& group : machine_.groups) {
      text += "  - {name: " + group.name + ", architecture: " + dice_.one_of({"A", "B"}) +
              ", count: " + std::to_string(group.count);
      if (under) text += ", under: channel";
      // The first is under the channel, so that it is used.
      under = has_channel_ && !dice_.one_in(3);
      if (dice_.one_in(3)) text += ", broadcast: true";
      if (dice_.one_in(6)) text += ", idle_W: 2";
      if (dice_.one_in(6)) text += ", host_to_device_bw_GBs: " + bandwidth() + ", link_latency_ns: " + latency();
      text += "}\n";
    }
  }

  std::string network(const std::string& name, const std::string& between, std::size_t devices) {
    const std::string topology = dice_.one_of({"switch", "switch", "ring", "mesh", "torus", "fat_tree", "dragonfly"});
    std::string text = "  - {name: " + name + ", between: " + between + ", topology: " + topology +
                       ", bw_GBs: " + bandwidth() + ", pj_per_bit: " + energy() + ", latency_ns: " + latency();
    const std::string all = std::to_string(devices);
    if (topology == "torus") text += ", shape: {dimensions: [" + all + "]}";
    if (topology == "fat_tree")
      text += ", shape: {down: [" + all + "], up: [" + dice_.one_of({"1", "2"}) + "], links: [" +
              dice_.one_of({"1", "2"}) + "]}";
    if (topology == "dragonfly")
      text += ", shape: {groups: [1, 1], chassis: [1, 1], routers: [" + all + ", 2], nodes: 1}";
    if (topology == "switch" && devices % 2 == 0 && dice_.one_in(3))
      text += ", nic: {per: " + dice_.one_of({"1", "2"}) + ", bw_GBs: " + bandwidth() + ", pj_per_bit: " + energy() +
              ", latency_ns: " + latency() + "}";
    if (topology == "switch" && dice_.one_in(4)) text += ", oversubscription: " + dice_.one_of({"1", "2", "3.5"});
    if (devices > 2 && devices % 2 == 0 && dice_.one_in(4)) text += "}\n" + pairs(name, between);
    return text + "}\n";
  }

  /// A network below, without its last bracket.
  std::string pairs(const std::string& name, const std::string& between) {
    return "  - {name: " + name + "-pair, between: " + between +
           ", each: 2, topology: " + dice_.one_of({"switch", "ring", "mesh"}) + ", bw_GBs: " + bandwidth() +
           ", latency_ns: " + latency();
  }

  void write_networks() {
    if (dice_.one_in(3)) return;
    std::string text;
    if (machine_.groups.size() == 2 && dice_.one_in(2))
      text += network("all", "[a, b]", static_cast<std::size_t>(machine_.groups[0].count + machine_.groups[1].count));
    else
      for (const RandomMachine::Group& group : machine_.groups)
        if (group.count > 1 && !dice_.one_in(4))
          text += network("net-" + group.name, group.name, static_cast<std::size_t>(group.count));
    if (!text.empty()) machine_.platform += "networks:\n" + text;
  }

  Dice& dice_;
  bool round_;
  bool has_channel_ = false;
  RandomMachine machine_;
};

}  // namespace

std::vector<std::string> RandomMachine::names() const {
  std::vector<std::string> all;
  for (const Group& group : groups)
    for (std::int64_t i = 0; i < group.count; ++i)
      all.push_back(group.count == 1 ? group.name : group.name + "[" + std::to_string(i) + "]");
  return all;
}

RandomMachine random_machine(Dice& dice) {
  return MachineWriter(dice).write();
}

}  // namespace upmem_des::test

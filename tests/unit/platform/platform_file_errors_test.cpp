/// Every message that a wrong platform file gives.
#include <gtest/gtest.h>

#include <map>

#include "platform/platform_file.hpp"
#include "support/temporary_folder.hpp"

using namespace upmem_des;
using namespace upmem_des::test;

namespace {

/// The message without the folder.
std::string error_of(const std::string& yaml) {
  const TemporaryFolder folder;
  const std::string path = folder.write("m.yaml", yaml);
  return replaced(input_error([&] { read_platform_file(path); }), folder.str() + "/", "");
}

const std::string device = "devices: [{name: dimm, architecture: A, count: 8}]\n";

/// Of a file with a good device and this link, which the device is under.
std::string link_error(const std::string& link) {
  return error_of("devices: [{name: dimm, architecture: A, count: 8, under: channel}]\nlinks:\n  - {" + link + "}\n");
}

std::string device_error(const std::string& keys) {
  return error_of("devices:\n  - {" + keys + "}\n");
}

std::string network_error(const std::string& keys) {
  return error_of(
      "devices:\n  - {name: gpu, architecture: A, count: 8}\n  - {name: cpu, architecture: B, count: 100}\n" +
      std::string("  - {name: one, architecture: B}\nnetworks:\n  - {") + keys + "}\n");
}

}  // namespace

TEST(PlatformFileErrorsTest, Files) {
  EXPECT_EQ(error_of(""), "m.yaml: empty; expected a list of devices");
  EXPECT_EQ(error_of("# nothing\n"), "m.yaml: empty; expected a list of devices");
  EXPECT_EQ(error_of("text"), "m.yaml:1: 'text'; expected a mapping of keys to values");
  EXPECT_EQ(error_of("- a"), "m.yaml:1: a list; expected a mapping of keys to values");
  EXPECT_NE(error_of("devices: ["), "no error");
  const TemporaryFolder folder;
  EXPECT_NE(input_error([&] { read_platform_file(folder.path("none.yaml")); }).find("none.yaml: no such file"),
            std::string::npos);
}

TEST(PlatformFileErrorsTest, TopLevel) {
  EXPECT_EQ(error_of("name: x"), "m.yaml:1: devices: missing; expected a value");
  EXPECT_EQ(error_of("device: []"), "m.yaml:1: devices: missing; expected a value (there is a 'device')");
  EXPECT_EQ(error_of("devices:"), "m.yaml:1: devices: nothing; expected a list");
  EXPECT_EQ(error_of("devices: 3"), "m.yaml:1: devices: '3'; expected a list");
  EXPECT_EQ(error_of("devices: []"), "m.yaml:1: devices: an empty list; expected at least one group of devices");
  EXPECT_EQ(error_of("devices: [5]"), "m.yaml:1: devices[0]: '5'; expected a mapping of keys to values");
  EXPECT_EQ(error_of(device + "name: ''"), "m.yaml:2: name: empty; expected a text");
  EXPECT_EQ(error_of(device + "links: {}"), "m.yaml:2: links: a mapping; expected a list");
  EXPECT_EQ(error_of(device + "networks: nvlink"), "m.yaml:2: networks: 'nvlink'; expected a list");
  EXPECT_EQ(error_of(device + "network: []"),
            "m.yaml:2: network: unknown key; expected one of name, host, cost, links, devices, networks, collectives; "
            "did you mean "
            "'networks'?");
  EXPECT_EQ(error_of(device + "host: {capacity_GB: 0}"),
            "m.yaml:2: host.capacity_GB: '0'; expected a number above 0 and at most 1e+18");
  for (const char* const key : {"idle_W", "active_W"})
    for (const char* const value : {"-1", "2e18", ".inf", "many"})
      EXPECT_EQ(error_of(device + "host: {" + key + ": " + value + "}"),
                "m.yaml:2: host." + std::string(key) + ": '" + value + "'; expected a number from 0 to 1e+18");
  for (const char* const value : {"0", "-1", "1.01", ".inf"})
    EXPECT_EQ(error_of(device + "host: {power_share: " + value + "}"),
              "m.yaml:2: host.power_share: '" + std::string(value) + "'; expected a number above 0 and at most 1");
  EXPECT_EQ(error_of(device + "host: {architecture: }"), "m.yaml:2: host.architecture: nothing; expected a text");
  EXPECT_EQ(error_of(device + "host: {arch: X}"),
            "m.yaml:2: host.arch: unknown key; expected one of architecture, capacity_GB, idle_W, active_W, "
            "power_share, cost");
}

TEST(PlatformFileErrorsTest, Names) {
  for (const char* const name : {"4chip", "-x", "_x", "a b", "a.b", "a[0]", "a+b", "größe"})
    EXPECT_EQ(device_error(std::string("name: '") + name + "', architecture: A"),
              "m.yaml:2: devices[0].name: not a name; expected a letter, then letters, digits, '_' and '-', at most "
              "100");
  EXPECT_NE(device_error("name: " + std::string(101, 'x') + ", architecture: A"), "no error");
  EXPECT_EQ(device_error("name: " + std::string(100, 'x') + ", architecture: A"), "no error");
  EXPECT_EQ(device_error("name: '', architecture: A"), "m.yaml:2: devices[0].name: empty; expected a text");
  EXPECT_EQ(device_error("name: HOST, architecture: A"),
            "m.yaml:2: devices[0].name: 'HOST' is the host; expected another name");
  EXPECT_EQ(device_error("name: host, architecture: A"),
            "m.yaml:2: devices[0].name: 'host' is the host; expected another name");
  EXPECT_EQ(device_error("architecture: A"), "m.yaml:2: devices[0].name: missing; expected a value");
  const std::string second = "expected links, devices and networks to have names of their own";
  EXPECT_EQ(error_of("devices:\n  - {name: a, architecture: A}\n  - {name: a, architecture: B}"),
            "m.yaml:3: devices[1].name: a second 'a'; " + second);
  EXPECT_EQ(error_of("links:\n  - {name: a, bw_GBs: 1}\ndevices:\n  - {name: a, architecture: A, under: a}"),
            "m.yaml:4: devices[0].name: a second 'a'; " + second);
  EXPECT_EQ(network_error("name: gpu, between: gpu, topology: ring, bw_GBs: 1"),
            "m.yaml:6: networks[0].name: a second 'gpu'; " + second);
}

TEST(PlatformFileErrorsTest, Counts) {
  for (const char* const count : {"0", "-1", "4097", "1.5", "x", "'4'", "99999999999999999999", "1e3"})
    EXPECT_EQ(device_error(std::string("name: a, architecture: A, count: ") + count),
              "m.yaml:2: devices[0].count: '" + replaced(count, "'", "") + "'; expected a whole number from 1 to 4096");
  EXPECT_EQ(device_error("name: a, architecture: A, count: 4096"), "no error");
  EXPECT_EQ(
      error_of("devices:\n  - {name: a, architecture: A, count: 4000}\n  - {name: b, architecture: A, count: 97}"),
      "m.yaml:3: devices[1].count: 4097 devices in all; expected at most 4096");
  EXPECT_EQ(error_of("devices:\n  - {name: a, architecture: A, count: 4096}\n  - {name: b, architecture: A}"),
            "m.yaml:3: devices[1]: 4097 devices in all; expected at most 4096");
  EXPECT_EQ(link_error("name: channel, count: 3, bw_GBs: 1"),
            "m.yaml:1: devices[0].count: 8 'dimm' cannot be spread evenly over 3 'channel'; expected a multiple of 3");
  EXPECT_EQ(link_error("name: channel, count: 16, bw_GBs: 1"),
            "m.yaml:1: devices[0].count: 8 'dimm' cannot be spread evenly over 16 'channel'; expected a multiple of "
            "16");
  EXPECT_EQ(link_error("name: channel, count: 4, under: socket, bw_GBs: 1}\n  - {name: socket, count: 3, bw_GBs: 1"),
            "m.yaml:3: links[0].count: 4 'channel' cannot be spread evenly over 3 'socket'; expected a multiple of 3");
  EXPECT_EQ(error_of("links:\n  - {name: a, count: 4096, bw_GBs: 1}\n  - {name: b, bw_GBs: 1}\n"
                     "devices: [{name: d, architecture: A, count: 4096, under: a}]"),
            "m.yaml:3: links[1].count: 4097 links in all; expected at most 4096");
}

TEST(PlatformFileErrorsTest, TheTree) {
  EXPECT_EQ(link_error("name: channel, under: chanel, bw_GBs: 1"),
            "m.yaml:3: links[0].under: unknown link 'chanel'; expected one of host, channel; did you mean 'channel'?");
  EXPECT_EQ(link_error("name: channel, under: dimm, bw_GBs: 1"),
            "m.yaml:3: links[0].under: unknown link 'dimm'; expected one of host, channel");
  EXPECT_EQ(device_error("name: a, architecture: A, under: hst"),
            "m.yaml:2: devices[0].under: unknown link 'hst'; expected one of host; did you mean 'host'?");
  EXPECT_EQ(link_error("name: channel, under: channel, bw_GBs: 1"),
            "m.yaml:3: links[0].under: 'channel' is under itself; expected a way up to host");
  EXPECT_EQ(link_error("name: channel, under: a, bw_GBs: 1}\n  - {name: a, under: b, bw_GBs: 1}\n"
                       "  - {name: b, under: a, bw_GBs: 1"),
            "m.yaml:4: links[1].under: 'a' is under itself; expected a way up to host");
  EXPECT_EQ(error_of(device + "links:\n  - {name: channel, bw_GBs: 1}"),
            "m.yaml:3: links[0].name: no devices are under 'channel'; expected some with 'under: channel'");
}

TEST(PlatformFileErrorsTest, LinkFigures) {
  EXPECT_EQ(link_error("name: channel"), "m.yaml:3: links[0].host_to_device_bw_GBs: missing; expected a value");
  EXPECT_EQ(link_error("name: channel, host_to_device_bw_GBs: 1"),
            "m.yaml:3: links[0].device_to_host_bw_GBs: missing; expected a value");
  EXPECT_EQ(link_error("name: channel, bw_GBs: 1, device_to_host_bw_GBs: 1"),
            "m.yaml:3: links[0].device_to_host_bw_GBs: there is a 'bw_GBs' for both directions, too; expected one of "
            "the two");
  EXPECT_EQ(link_error("name: channel, bw_GBs: 1, pj_per_bit: 1, host_to_device_pj_per_bit: 1"),
            "m.yaml:3: links[0].host_to_device_pj_per_bit: there is a 'pj_per_bit' for both directions, too; expected "
            "one of the two");
  for (const char* const key : {"bw_GBs", "host_to_device_bw_GBs", "device_to_host_bw_GBs"}) {
    const std::string other =
        std::string(key) == "bw_GBs" ? "" : "host_to_device_bw_GBs: 1, device_to_host_bw_GBs: 1, ";
    for (const char* const value : {"0", "-1", ".inf", ".nan", "1e19", "x", "'1'", "[]"}) {
      const std::string keys = replaced(other, std::string(key) + ": 1, ", "") + key + ": " + value;
      const std::string error = link_error("name: channel, " + keys);
      EXPECT_EQ(error.rfind("m.yaml:3: links[0]." + std::string(key) + ": ", 0), 0U) << error;
      EXPECT_NE(error.find("expected a number above 0 and at most 1e+18"), std::string::npos) << error;
    }
  }
  EXPECT_EQ(link_error("name: channel, bw_GBs: 1.0e-10"),
            "m.yaml:3: links[0].bw_GBs: '1.0e-10' is too small; expected at least 1e-9");
  for (const char* const key : {"pj_per_bit", "host_to_device_pj_per_bit", "device_to_host_pj_per_bit", "latency_ns"})
    for (const char* const value : {"-1", ".inf", "1e19", "x"})
      EXPECT_EQ(link_error("name: channel, bw_GBs: 1, " + std::string(key) + ": " + value),
                "m.yaml:3: links[0]." + std::string(key) + ": '" + value + "'; expected a number from 0 to 1e+18");
  EXPECT_EQ(link_error("name: channel, bw_GBs: 1, pj_per_bit: 0, latency_ns: 0"), "no error");
  EXPECT_EQ(link_error("name: channel, duplex: hlaf, bw_GBs: 1"),
            "m.yaml:3: links[0].duplex: unknown value 'hlaf'; expected one of full, half; did you mean 'half'?");
  EXPECT_EQ(link_error("name: channel, duplex: half, host_to_device_bw_GBs: 1, device_to_host_bw_GBs: 2"),
            "m.yaml:3: links[0].duplex: two bandwidths for one set of wires; expected equal ones, or bw_GBs");
  EXPECT_EQ(link_error("name: channel, duplex: half, host_to_device_bw_GBs: 2, device_to_host_bw_GBs: 2"), "no error");
  EXPECT_EQ(link_error("name: channel, bw_GBs: 1, latency: 3"),
            "m.yaml:3: links[0].latency: unknown key; expected one of name, count, under, duplex, bw_GBs, "
            "host_to_device_bw_GBs, pj_per_bit, host_to_device_pj_per_bit, device_to_host_bw_GBs, "
            "device_to_host_pj_per_bit, latency_ns, cost; did you mean 'latency_ns'?");
}

TEST(PlatformFileErrorsTest, Devices) {
  EXPECT_EQ(device_error("name: a"), "m.yaml:2: devices[0].architecture: missing; expected a value");
  EXPECT_EQ(device_error("name: a, architecture: ''"), "m.yaml:2: devices[0].architecture: empty; expected a text");
  EXPECT_EQ(device_error("name: a, architecture: HOST"),
            "m.yaml:2: devices[0].architecture: HOST is there already; expected another architecture");
  EXPECT_EQ(device_error("name: a, architecture: A, broadcast: yes"),
            "m.yaml:2: devices[0].broadcast: 'yes'; expected true or false");
  EXPECT_EQ(device_error("name: a, architecture: A, mem_GBs: 3"),
            "m.yaml:2: devices[0].mem_GBs: unknown key; expected one of name, architecture, count, under, capacity_GB, "
            "host_to_device_bw_GBs, host_to_device_pj_per_bit, device_to_host_bw_GBs, device_to_host_pj_per_bit, "
            "mem_bw_GBs, mem_pj_per_bit, tflops, tflops_int4, pj_per_tflop, softmax_ns_per_element, "
            "SiLU_ns_per_element, RMSNorm_ns_per_element, link_latency_ns, idle_W, active_W, power_limit_W, "
            "compute_efficiency, "
            "mem_efficiency, launch_overhead_ns, cost, broadcast; did you mean 'mem_bw_GBs'?");
  EXPECT_EQ(device_error("name: a, architecture: A, tflops: {bfloat17: 3}"),
            "m.yaml:2: devices[0].tflops.bfloat17: 'bfloat17' is no format of arithmetic; expected one of int4, int8, "
            "fp8, mxfp4, nvfp4, float16, bfloat16, float32; did you mean 'bfloat16'?");
  for (const char* const key :
       {"capacity_GB", "host_to_device_bw_GBs", "device_to_host_bw_GBs", "mem_bw_GBs", "tflops", "tflops_int4",
        "softmax_ns_per_element", "SiLU_ns_per_element", "RMSNorm_ns_per_element", "power_limit_W"})
    EXPECT_EQ(device_error("name: a, architecture: A, " + std::string(key) + ": 0"),
              "m.yaml:2: devices[0]." + std::string(key) + ": '0'; expected a number above 0 and at most 1e+18");
  for (const char* const key : {"compute_efficiency", "mem_efficiency"})
    for (const char* const value : {"0", "1.01"})
      EXPECT_EQ(
          device_error("name: a, architecture: A, " + std::string(key) + ": " + value),
          "m.yaml:2: devices[0]." + std::string(key) + ": '" + value + "'; expected a number above 0 and at most 1");
  for (const char* const key : {"host_to_device_pj_per_bit", "device_to_host_pj_per_bit", "mem_pj_per_bit",
                                "pj_per_tflop", "link_latency_ns", "idle_W", "active_W", "launch_overhead_ns"})
    EXPECT_EQ(device_error("name: a, architecture: A, " + std::string(key) + ": -1"),
              "m.yaml:2: devices[0]." + std::string(key) + ": '-1'; expected a number from 0 to 1e+18");
}

TEST(PlatformFileErrorsTest, Networks) {
  EXPECT_EQ(network_error("between: gpu, topology: ring, bw_GBs: 1"),
            "m.yaml:6: networks[0].name: missing; expected a value");
  EXPECT_EQ(network_error("name: n, topology: ring, bw_GBs: 1"),
            "m.yaml:6: networks[0].between: missing; expected a value");
  EXPECT_EQ(network_error("name: n, between: gpu, bw_GBs: 1"),
            "m.yaml:6: networks[0].topology: missing; expected a value");
  EXPECT_EQ(network_error("name: n, between: gpu, topology: ring"),
            "m.yaml:6: networks[0].bw_GBs: missing; expected a value");
  EXPECT_EQ(network_error("name: n, between: gpu, topology: star, bw_GBs: 1"),
            "m.yaml:6: networks[0].topology: unknown value 'star'; expected one of switch, ring, mesh, torus, "
            "fat_tree, dragonfly");
  EXPECT_EQ(network_error("name: n, between: gpus, topology: ring, bw_GBs: 1"),
            "m.yaml:6: networks[0].between: unknown group of devices 'gpus'; expected one of gpu, cpu, one; did you "
            "mean 'gpu'?");
  EXPECT_EQ(network_error("name: n, between: [gpu, gpu], topology: ring, bw_GBs: 1"),
            "m.yaml:6: networks[0].between[1]: 'gpu' a second time; expected each group once");
  EXPECT_EQ(network_error("name: n, between: [], topology: ring, bw_GBs: 1"),
            "m.yaml:6: networks[0].between: 0 devices; expected 2 to 64 on a ring");
  EXPECT_EQ(network_error("name: n, between: one, topology: switch, bw_GBs: 1"),
            "m.yaml:6: networks[0].between: 1 device; expected 2 to 4096 on a switch");
  EXPECT_EQ(network_error("name: n, between: cpu, topology: ring, bw_GBs: 1"),
            "m.yaml:6: networks[0].between: 100 devices; expected 2 to 64 on a ring");
  EXPECT_EQ(network_error("name: n, between: cpu, topology: mesh, bw_GBs: 1"),
            "m.yaml:6: networks[0].between: 100 devices; expected 2 to 64 on a mesh");
  EXPECT_EQ(network_error("name: n, between: gpu, topology: ring, bw_GBs: 0"),
            "m.yaml:6: networks[0].bw_GBs: '0'; expected a number above 0 and at most 1e+18");
  EXPECT_EQ(network_error("name: n, between: gpu, topology: ring, bw_GBs: 1, pj_per_bit: -1"),
            "m.yaml:6: networks[0].pj_per_bit: '-1'; expected a number from 0 to 1e+18");
  EXPECT_EQ(network_error("name: n, between: gpu, topology: ring, bw_GBs: 1, latency_ns: -1"),
            "m.yaml:6: networks[0].latency_ns: '-1'; expected a number from 0 to 1e+18");
  EXPECT_EQ(network_error("name: n, between: gpu, topology: ring, bw_GBs: 1, duplex: half"),
            "m.yaml:6: networks[0].duplex: unknown key; expected one of name, between, each, topology, shape, "
            "bw_GBs, pj_per_bit, latency_ns, nic, oversubscription, base_us, per_log2_us, efficiency, cost");
}

TEST(PlatformFileErrorsTest, WhichDevicesANetworkJoins) {
  EXPECT_EQ(network_error("name: n, between: gpu+cpu, topology: switch, bw_GBs: 1"), "no error");
  EXPECT_EQ(network_error("name: n, between: ' gpu + cpu ', topology: switch, bw_GBs: 1"), "no error");
  EXPECT_EQ(network_error("name: n, between: gpu+gpu, topology: switch, bw_GBs: 1"),
            "m.yaml:6: networks[0].between: 'gpu' a second time; expected each group once");
  EXPECT_EQ(network_error("name: n, between: gpu+, topology: switch, bw_GBs: 1"),
            "m.yaml:6: networks[0].between: unknown group of devices ''; expected one of gpu, cpu, one");
  EXPECT_EQ(network_error("name: n, between: gpu+cpus, topology: switch, bw_GBs: 1"),
            "m.yaml:6: networks[0].between: unknown group of devices 'cpus'; expected one of gpu, cpu, one; did you "
            "mean 'cpu'?");
  for (const char* const each : {"1", "0", "-2", "4097", "2.5", "x", ".inf"})
    EXPECT_EQ(network_error(std::string("name: n, between: gpu, topology: ring, bw_GBs: 1, each: ") + each),
              std::string("m.yaml:6: networks[0].each: '") + each + "'; expected a whole number from 2 to 4096");
  EXPECT_EQ(network_error("name: n, between: gpu, each: 3, topology: ring, bw_GBs: 1"),
            "m.yaml:6: networks[0].each: 8 devices do not make networks of 3 each; expected a divisor of 8");
  EXPECT_EQ(network_error("name: n, between: gpu, each: 16, topology: ring, bw_GBs: 1"),
            "m.yaml:6: networks[0].each: 8 devices do not make networks of 16 each; expected a divisor of 8");
  EXPECT_EQ(network_error("name: n, between: cpu, each: 100, topology: mesh, bw_GBs: 1"),
            "m.yaml:6: networks[0].each: 100 devices; expected 2 to 64 on a mesh");
  EXPECT_EQ(network_error("name: n, between: cpu, each: 50, topology: mesh, bw_GBs: 1"), "no error");
}

TEST(PlatformFileErrorsTest, Nics) {
  const auto nic_error = [](const std::string& nic, const std::string& topology = "switch") {
    return network_error("name: n, between: gpu, topology: " + topology + ", bw_GBs: 1, nic: " + nic);
  };
  EXPECT_EQ(nic_error("{per: 4, bw_GBs: 1, latency_ns: 0, pj_per_bit: 0}"), "no error");
  EXPECT_EQ(nic_error("4"), "m.yaml:6: networks[0].nic: '4'; expected a mapping of keys to values");
  EXPECT_EQ(nic_error("{bw_GBs: 1}"), "m.yaml:6: networks[0].nic.per: missing; expected a value");
  EXPECT_EQ(nic_error("{per: 4}"), "m.yaml:6: networks[0].nic.bw_GBs: missing; expected a value");
  EXPECT_EQ(nic_error("{per: 3, bw_GBs: 1}"),
            "m.yaml:6: networks[0].nic.per: 8 devices do not share NICs by 3; expected a divisor of 8");
  for (const char* const per : {"0", "-1", "4097", "1.5", ".inf"})
    EXPECT_EQ(nic_error(std::string("{bw_GBs: 1, per: ") + per + "}"),
              std::string("m.yaml:6: networks[0].nic.per: '") + per + "'; expected a whole number from 1 to 4096");
  for (const char* const bandwidth : {"0", "-1", ".inf", "1e19"})
    EXPECT_EQ(nic_error(std::string("{per: 4, bw_GBs: ") + bandwidth + "}"),
              std::string("m.yaml:6: networks[0].nic.bw_GBs: '") + bandwidth +
                  "'; expected a number above 0 and at most 1e+18");
  for (const char* const key : {"latency_ns", "pj_per_bit"})
    for (const char* const value : {"-1", ".inf", "1e19"})
      EXPECT_EQ(
          nic_error(std::string("{per: 4, bw_GBs: 1, ") + key + ": " + value + "}"),
          std::string("m.yaml:6: networks[0].nic.") + key + ": '" + value + "'; expected a number from 0 to 1e+18");
  EXPECT_EQ(nic_error("{per: 4, bw_GBs: 1, count: 2}"),
            "m.yaml:6: networks[0].nic.count: unknown key; expected one of per, bw_GBs, pj_per_bit, latency_ns");
  for (const char* const topology : {"ring", "mesh", "torus"})
    EXPECT_EQ(nic_error("{per: 4, bw_GBs: 1}",
                        topology + std::string(topology == std::string("torus") ? ", shape: {dimensions: [8]}" : "")),
              std::string("m.yaml:6: networks[0].nic: means nothing on a ") + topology + "; expected it on a switch");
}

TEST(PlatformFileErrorsTest, Oversubscription) {
  const auto ratio_error = [](const std::string& ratio, const std::string& topology = "switch") {
    return network_error("name: n, between: gpu, topology: " + topology + ", bw_GBs: 1, oversubscription: " + ratio);
  };
  for (const char* const ratio : {"1", "1.5", "1e6"}) EXPECT_EQ(ratio_error(ratio), "no error");
  for (const char* const ratio : {"0", "-1", "0.99", "1e7", ".inf", ".nan", "x"})
    EXPECT_EQ(ratio_error(ratio), std::string("m.yaml:6: networks[0].oversubscription: '") + ratio +
                                      "'; expected a number from 1 to 1000000");
  EXPECT_EQ(ratio_error("2", "ring"),
            "m.yaml:6: networks[0].oversubscription: means nothing on a ring; expected it on a switch");
}

TEST(PlatformFileErrorsTest, MeasuredTimes) {
  const auto error = [](const std::string& keys) {
    return network_error("name: n, between: gpu, topology: switch, bw_GBs: 1, " + keys);
  };
  for (const char* const key : {"base_us", "per_log2_us"})
    for (const char* const value : {"-1", "1e10", ".inf", ".nan", "fast"})
      EXPECT_EQ(error(std::string(key) + ": " + value).rfind(std::string("m.yaml:6: networks[0].") + key + ": ", 0), 0U)
          << key << value;
  for (const char* const value : {"0", "-1", "1.01", ".inf", ".nan", "fast"})
    EXPECT_EQ(error(std::string("efficiency: ") + value).rfind("m.yaml:6: networks[0].efficiency: ", 0), 0U) << value;
  EXPECT_EQ(network_error("name: n, between: gpu, topology: ring, bw_GBs: 1, base_us: 1"),
            "m.yaml:6: networks[0].base_us: means nothing on a ring; expected it on a switch");
}

TEST(PlatformFileErrorsTest, Levels) {
  const auto levels_error = [](const std::string& one, const std::string& other) {
    return network_error("name: n, between: " + one + ", topology: switch, bw_GBs: 1}\n  - {name: m, between: " +
                         other + ", topology: switch, bw_GBs: 1");
  };
  EXPECT_EQ(levels_error("gpu", "[one, gpu]"), "no error");
  EXPECT_EQ(levels_error("[one, gpu]", "gpu"), "no error") << "in any order";
  EXPECT_EQ(levels_error("gpu, each: 2", "gpu, each: 4"), "no error");
  const std::string in_common =
      "devices in common, and each has others; expected one to have all of the other's, or none";
  EXPECT_EQ(levels_error("[gpu, one]", "[one, cpu]"),
            "m.yaml:7: networks[1].between: levels that overlap: 'm' and 'n' have " + in_common);
  EXPECT_EQ(levels_error("[cpu, one, gpu], each: 109", "[one, gpu], each: 3"), "no error")
      << "one for all, and each part lies in it";
  EXPECT_EQ(levels_error("[cpu, gpu], each: 6", "[gpu, cpu], each: 36"),
            "m.yaml:7: networks[1].between: levels that overlap: 'm[0]' and 'n[4]' have " + in_common);
  EXPECT_EQ(levels_error("gpu", "gpu"),
            "m.yaml:7: networks[1].between: levels that overlap: 'm' and 'n' have the same "
            "devices; expected one to have more than the other");
  EXPECT_EQ(levels_error("gpu, each: 4", "gpu, each: 4"),
            "m.yaml:7: networks[1].between: levels that overlap: 'm[0]' and 'n[0]' have the same devices; expected one "
            "to have more than the other");
}

TEST(PlatformFileErrorsTest, LinksOfAllNetworksAreBounded) {
  // Meshes of 64 have 63 links a device: 4096 x 63 = 258,048, and 8,192 of a switch are too many.
  const std::string text =
      "devices: [{name: a, architecture: A, count: 4096}]\nnetworks:\n"
      "  - {name: n, between: a, each: 64, topology: mesh, bw_GBs: 1}\n";
  EXPECT_EQ(error_of(text), "no error");
  EXPECT_EQ(error_of(text + "  - {name: m, between: a, topology: switch, bw_GBs: 1}\n"),
            "m.yaml:4: networks[1].between: more than 262144 links in all networks; expected at most that");
}

TEST(PlatformFileErrorsTest, Shapes) {
  const auto shape_error = [](const std::string& topology, const std::string& shape) {
    return network_error("name: n, between: gpu, bw_GBs: 1, topology: " + topology + ", shape: " + shape);
  };
  const std::string at = "m.yaml:6: networks[0].shape";
  for (const char* const topology : {"switch", "ring", "mesh"})
    EXPECT_EQ(shape_error(topology, "{}"),
              at + ": means nothing on a " + topology + "; expected it on a torus, fat_tree or dragonfly");
  for (const auto& [topology, example] : std::map<std::string, std::string>{
           {"torus", "{dimensions: [4, 2]}"},
           {"fat_tree", "{down: [4, 2], up: [1, 2]}"},
           {"dragonfly", "{groups: [2, 1], chassis: [2, 1], routers: [2, 1], nodes: 1}"}}) {
    EXPECT_EQ(
        network_error("name: n, between: gpu, bw_GBs: 1, topology: " + topology),
        "m.yaml:6: networks[0].topology: " + topology + " without a shape; expected one, such as shape: " + example);
    for (const char* const wrong : {"[4, 2]", "8"})
      EXPECT_EQ(shape_error(topology, wrong),
                at + ": no shape of a " + topology + "; expected one, such as " + example);
    EXPECT_EQ(shape_error(topology, example), "no error");
  }

  EXPECT_EQ(shape_error("torus", "{dimensions: [2, 4]}"), "no error");
  EXPECT_EQ(shape_error("torus", "{dimensions: [2, 3]}"), at + ": 6 devices; expected the network's 8");
  EXPECT_EQ(shape_error("torus", "{dimensions: [4096, 4096, 4096, 4096, 4096, 4096]}"),
            at + ": more than 4096 devices; expected the network's 8");
  EXPECT_EQ(shape_error("torus", "{dimensions: [8, 1]}"),
            at + ".dimensions[1]: '1'; expected a whole number from 2 to 4096");
  EXPECT_EQ(shape_error("torus", "{dimensions: []}"), at + ".dimensions: 0 numbers; expected 1 to 8");
  EXPECT_EQ(shape_error("torus", "{dimensions: [2, 2, 2, 2, 2, 2, 2, 2, 2]}"),
            at + ".dimensions: 9 numbers; expected 1 to 8");
  EXPECT_EQ(shape_error("torus", "{dimensions: 8}"), at + ".dimensions: '8'; expected a list");
  EXPECT_EQ(shape_error("torus", "{}"), at + ".dimensions: missing; expected a value");
  EXPECT_EQ(shape_error("torus", "{dimensions: [8], up: [1]}"), at + ".up: unknown key; expected one of dimensions");
  EXPECT_EQ(network_error("name: n, between: gpu, each: 4, bw_GBs: 1, topology: torus, shape: {dimensions: [2, 2]}"),
            "no error")
      << "of each network";

  EXPECT_EQ(shape_error("fat_tree", "{down: [4, 2], up: [1, 2], links: [1, 3]}"), "no error");
  EXPECT_EQ(shape_error("fat_tree", "{down: [4, 2], up: [1, 2]}"), "no error");
  EXPECT_EQ(shape_error("fat_tree", "{down: [4], up: [1]}"), at + ": 4 devices; expected the network's 8");
  EXPECT_EQ(shape_error("fat_tree", "{down: [4, 2], up: [1]}"),
            at + ".up: 1 numbers; expected one for each of the 2 levels of 'down'");
  EXPECT_EQ(shape_error("fat_tree", "{down: [8], up: [1], links: [1, 1]}"),
            at + ".links: 2 numbers; expected one for each of the 1 levels of 'down'");
  for (const char* const count : {"0", "-1", "4097", "1.5", ".inf", "x"})
    EXPECT_EQ(shape_error("fat_tree", std::string("{down: [8], up: [") + count + "]}"),
              at + ".up[0]: '" + count + "'; expected a whole number from 1 to 4096");
  EXPECT_EQ(shape_error("fat_tree", "{down: [2, 2, 2], up: [4096, 4096, 4096], links: [4096, 4096, 4096]}"),
            "m.yaml:6: networks[0].between: more than 262144 links in all networks; expected at most that");

  EXPECT_EQ(shape_error("dragonfly", "{groups: [2, 1], chassis: [1, 1], routers: [2, 1], nodes: 2}"), "no error");
  EXPECT_EQ(shape_error("dragonfly", "{groups: [1, 1], chassis: [1, 1], routers: [1, 1], nodes: 1}"),
            at + ": 1 device; expected the network's 8");
  EXPECT_EQ(shape_error("dragonfly", "{groups: [4, 1], chassis: [1, 1], routers: [2, 1], nodes: 1}"),
            at + ".groups: 4 groups, and 2 routers of a chassis to reach them from; expected no more groups");
  EXPECT_EQ(shape_error("dragonfly", "{groups: [2], chassis: [1, 1], routers: [2, 1], nodes: 2}"),
            at + ".groups: 1 numbers; expected how many there are, and wires between two");
  EXPECT_EQ(shape_error("dragonfly", "{groups: [2, 0], chassis: [1, 1], routers: [2, 1], nodes: 2}"),
            at + ".groups[1]: '0'; expected a whole number from 1 to 4096");
  EXPECT_EQ(shape_error("dragonfly", "{groups: [2, 1], chassis: [1, 1], routers: [2, 1]}"),
            at + ".nodes: missing; expected a value");
}

/// A device's own lines read back as the same device.
#include "architecture/architecture_source.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <sstream>

#include "architecture/architecture_reader.hpp"
#include "architecture/architecture_writer.hpp"
#include "support/temporary_folder.hpp"
#include "upmem_des/architecture/catalogue.hpp"

using namespace upmem_des;
using upmem_des::test::TemporaryFolder;

namespace {

void expect_same(const Port& a, const Port& b) {
  EXPECT_EQ(a.bandwidth_Bps, b.bandwidth_Bps);
  EXPECT_EQ(a.energy_J_per_byte, b.energy_J_per_byte);
  EXPECT_EQ(a.energy_J_per_byte.is_stated(), b.energy_J_per_byte.is_stated());
}

/// Taken apart whole: a member that is added does not compile until it is compared.
void expect_same(const Architecture& a, const Architecture& b) {
  const auto& [name, to_device, to_host, memory, flops, int4, by_format, J_per_flop, softmax, silu, norm, compute_share,
               memory_share, launch, capacity, idle, active, limit, latency, cores, cache, peer, efficiency, pim, price,
               basis, note, where] = a;
  EXPECT_EQ(name, b.name);
  expect_same(to_device, b.host_to_device);
  expect_same(to_host, b.device_to_host);
  expect_same(memory, b.memory);
  EXPECT_EQ(flops, b.flops_per_s);
  EXPECT_EQ(int4, b.flops_per_s_int4);
  EXPECT_EQ(by_format, b.flops_per_s_by_format);
  EXPECT_EQ(J_per_flop, b.energy_J_per_flop);
  EXPECT_EQ(J_per_flop.is_stated(), b.energy_J_per_flop.is_stated());
  EXPECT_EQ(softmax, b.softmax_s_per_element);
  EXPECT_EQ(silu, b.silu_s_per_element);
  EXPECT_EQ(norm, b.rmsnorm_s_per_element);
  EXPECT_EQ(compute_share, b.compute_efficiency);
  EXPECT_EQ(memory_share, b.memory_efficiency);
  EXPECT_EQ(launch, b.launch_overhead_s);
  EXPECT_EQ(capacity, b.capacity_B);
  EXPECT_EQ(idle, b.idle_W);
  EXPECT_EQ(active, b.active_W);
  EXPECT_EQ(limit, b.power_limit_W);
  EXPECT_EQ(latency, b.link_latency_s);
  EXPECT_EQ(cores, b.cores);
  EXPECT_EQ(cache, b.cache_B);
  EXPECT_EQ(peer, b.peer_Bps);
  ASSERT_EQ(efficiency.fitted.size(), b.efficiency.fitted.size());
  for (std::size_t i = 0; i < efficiency.fitted.size(); ++i) {
    EXPECT_EQ(efficiency.fitted[i].form, b.efficiency.fitted[i].form);
    EXPECT_EQ(efficiency.fitted[i].format, b.efficiency.fitted[i].format);
    EXPECT_EQ(efficiency.fitted[i].values, b.efficiency.fitted[i].values);
  }
  EXPECT_EQ(pim.has_value(), b.pim.has_value());
  EXPECT_EQ(price.has_value(), b.price.has_value());
  EXPECT_EQ(architecture_yaml(a), architecture_yaml(b)) << "what is in arithmetic in banks and prices";
  EXPECT_EQ(basis, b.basis);
  EXPECT_EQ(note, b.note);
}

std::string without_comments(const std::string& yaml) {
  std::istringstream lines(yaml);
  std::string text;
  for (std::string line; std::getline(lines, line);)
    if (!line.empty() && line.front() != '#') text += line + "\n";
  return text;
}

constexpr const char* two_devices =
    "# The whole file.\n\n# Of A alone,\n# two lines.\nA:\n  host_to_device_bw_GBs: 1\n  device_to_host_bw_GBs: 2  # a "
    "link\n"
    "  mem_bw_GBs: 3\n\n  tflops: 4\n\n# Between them.\n\n# Of B.\nB: {host_to_device_bw_GBs: 1, "
    "device_to_host_bw_GBs: 2, "
    "mem_bw_GBs: 3, tflops: 4, pj_per_tflop: 8}\n";

}  // namespace

TEST(ArchitectureSource, EveryShippedDeviceReadsBackExactly) {
  const TemporaryFolder folder;
  const Catalogue catalogue = Catalogue::builtin();
  ASSERT_GT(catalogue.all().size(), 50U);
  for (const Architecture& profile : catalogue.all()) {
    const std::string text = architecture_source(profile);
    const std::vector<Architecture> read = read_architectures(folder.write("a.yaml", text));
    ASSERT_EQ(1U, read.size()) << profile.name;
    SCOPED_TRACE(profile.name);
    expect_same(profile, read.front());
    EXPECT_EQ(0U, text.find("# " + profile.name + " as "));
    EXPECT_NE(std::string::npos, text.find("# Units"));
  }
}

TEST(ArchitectureSource, HasTheDevicesOwnCommentsAlone) {
  const TemporaryFolder folder;
  const Architecture device = read_architectures(folder.write("two.yaml", two_devices)).at(0);
  const std::string text = architecture_source(device);
  const std::string own =
      "# Of A alone,\n# two lines.\nA:\n  host_to_device_bw_GBs: 1\n  device_to_host_bw_GBs: 2  # a link\n"
      "  mem_bw_GBs: 3\n\n  tflops: 4\n";
  EXPECT_EQ(own, text.substr(text.find("# Of A alone")));
  EXPECT_EQ(std::string::npos, text.find("The whole file"));
}

TEST(ArchitectureSource, WritesADeviceThatIsInOneLine) {
  const TemporaryFolder folder;
  const std::vector<Architecture> devices = read_architectures(folder.write("two.yaml", two_devices));
  EXPECT_EQ(architecture_yaml(devices.at(1)), without_comments(architecture_source(devices.at(1))));
  const std::string path = folder.write("gone.yaml", two_devices);
  const Architecture kept = read_architectures(path).at(0);
  std::filesystem::remove(path);
  EXPECT_EQ(architecture_yaml(kept), without_comments(architecture_source(kept)));
}

/// The file of a device may be another one when its figures are changed.
TEST(ArchitectureSource, ADeviceThatIsGoneIsALine) {
  const TemporaryFolder folder;
  const std::string path = folder.write("two.yaml", two_devices);
  read_architectures(path);
  folder.write("two.yaml", "C: {host_to_device_bw_GBs: 1, device_to_host_bw_GBs: 2, mem_bw_GBs: 3, tflops: 4}\n");
  EXPECT_EQ(path + ": no 'A' any more; expected the device that was read",
            test::input_error([&] { read_changed_architecture(path, "A", parse_yaml("mem_bw_GBs: 5", "x")); }));
}

TEST(ArchitectureSource, JsonHasKeysAndUnitsOfTheFile) {
  const TemporaryFolder folder;
  const Architecture device = read_architectures(folder.write("two.yaml", two_devices)).at(1);
  EXPECT_EQ(
      "{\n  \"B\": {\n    \"basis\": \"assumed\",\n    \"host_to_device_bw_GBs\": 1,\n    \"device_to_host_bw_GBs\": "
      "2,\n"
      "    \"mem_bw_GBs\": 3,\n    \"tflops\": 4,\n    \"pj_per_tflop\": 8,\n    \"host_to_device_pj_per_bit\": null,\n"
      "    \"device_to_host_pj_per_bit\": null,\n    \"mem_pj_per_bit\": null\n  }\n}\n",
      architecture_json(device));
}

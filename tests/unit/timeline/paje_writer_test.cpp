#include "timeline/paje/paje_writer.hpp"

#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <vector>

#include "support/temporary_folder.hpp"
#include "upmem_des/trace/layer_event.hpp"

namespace upmem_des {
namespace {

/// HOST and, behind the shared link "channel", dimm[0] and dimm[1]; a link "ring[0-1]" between these; "extra" belongs
/// to nobody. Route 0: HOST to dimm[0]; 1: HOST to both; 2: dimm[0] to dimm[1].
PlatformSpec two_dimms() {
  PlatformSpec platform;
  for (const char* name : {"HOST", "dimm[0]", "dimm[1]"}) {
    platform.devices.emplace_back();
    platform.devices.back().name = name;
  }
  const auto add_link = [&](const char* name, LinkRole role, std::optional<DeviceIndex> owner) {
    platform.links.emplace_back();
    platform.links.back().name = name;
    platform.links.back().role = role;
    platform.links.back().owner = owner;
  };
  add_link("channel.down", LinkRole::HostToDevice, {});
  add_link("channel.up", LinkRole::DeviceToHost, {});
  add_link("dimm[0].down", LinkRole::HostToDevice, 1);
  add_link("dimm[1].down", LinkRole::HostToDevice, 2);
  add_link("extra", LinkRole::HostToDevice, {});
  add_link("ring[0-1]", LinkRole::DeviceToDevice, 1);
  platform.shared_links.push_back({"channel", "channel", {}, 0, 1});
  platform.devices[1].under = platform.devices[2].under = 0;
  platform.networks.push_back({"ring", NetworkTopology::Ring, {1, 2}, 5});
  platform.routes = {{host_device, {1}, {0, 2}}, {host_device, {1, 2}, {0, 2, 3}}, {1, {2}, {5}}};
  return platform;
}

LayerEvent layer(const char* type, const char* name, std::int64_t seq) {
  LayerEvent event;
  event.seq = seq;
  event.step = 1;
  event.type = Name(type);
  event.name = Name(name);
  return event;
}

ActivityRecord compute(std::int64_t id, DeviceIndex device, const LayerEvent& event, double start_s, double end_s) {
  ActivityRecord activity;
  activity.id = id;
  activity.stream = device;
  activity.event = &event;
  activity.start_s = start_s;
  activity.end_s = end_s;
  return activity;
}

ActivityRecord transfer(std::int64_t id, RouteIndex route, const LayerEvent* event, double start_s, double end_s) {
  ActivityRecord activity;
  activity.id = id;
  activity.kind = ActivityKind::Transfer;
  activity.stream = route;
  activity.event = event;
  activity.start_s = start_s;
  activity.end_s = end_s;
  return activity;
}

class PajeWriterTest : public ::testing::Test {
 protected:
  void finish(double time_s) {
    writer_.on_finish(time_s);
    writer_.commit();
  }

  /// What stands after the line that creates the last of the platform's containers and before the first that destroys
  /// one.
  std::string events() const {
    std::istringstream lines(test::read_bytes(path_));
    std::string text, line;
    while (std::getline(lines, line) && line != "5 0 l4 t8 m \"extra\"") {
    }
    while (std::getline(lines, line) && line.substr(0, 2) != "6 ") text += line + "\n";
    return text;
  }

  const PlatformSpec platform_ = two_dimms();
  const test::TemporaryFolder folder_;
  const std::string path_ = folder_.path("a.paje");
  PajeWriter writer_{path_, platform_, "Two DIMMs"};
  const LayerEvent q_proj_ = layer("Linear", "q_proj", 7);
};

TEST_F(PajeWriterTest, TypesAndContainersFollowThePlatform) {
  writer_.on_begin(0);
  finish(2);
  const std::string text = test::read_bytes(path_);
  const std::size_t begin = text.find("\n0 machine") + 1;
  const std::string variables_of =
      "2 TYPEc TYPE \"compute use\" \"0 0.447 0.698\"\n"
      "2 TYPEm TYPE \"memory use\" \"0 0.62 0.451\"\n"
      "2 TYPEb TYPE \"memory bandwidth (B/s)\" \"0 0.62 0.451\"\n"
      "2 TYPEp TYPE \"power (W)\" \"0.835 0.369 0\"\n"
      "2 TYPEw TYPE \"weights (B)\" \"0.337 0.706 0.914\"\n"
      "2 TYPEk TYPE \"KV cache (B)\" \"0.902 0.624 0\"\n"
      "2 TYPEa TYPE \"activations (B)\" \"0.8 0.475 0.655\"\n";
  const std::string variables_of_link =
      "2 TYPEu TYPE \"use\" \"0.337 0.706 0.914\"\n"
      "2 TYPEp TYPE \"power (W)\" \"0.835 0.369 0\"\n";
  const auto of = [](const std::string& lines, const std::string& type) { return test::replaced(lines, "TYPE", type); };
  EXPECT_EQ(
      "0 machine 0 \"machine\"\n"
      "1 machines machine \"phase\"\n"
      "0 t1 machine \"HOST\"\n"
      "1 t1s t1 \"layer\"\n" +
          of(variables_of, "t1") +
          "0 t2 machine \"shared link\"\n"
          "0 t3 t2 \"link\"\n" +
          of(variables_of_link, "t3") +
          "0 t4 t2 \"device\"\n"
          "1 t4s t4 \"layer\"\n" +
          of(variables_of, "t4") +
          "0 t5 machine \"network\"\n"
          "0 t6 t5 \"link\"\n" +
          of(variables_of_link, "t6") + "0 t7 t4 \"link\"\n" + of(variables_of_link, "t7") + "0 t8 machine \"link\"\n" +
          of(variables_of_link, "t8") +
          "0 t9 t1 \"route\"\n"
          "1 t9s t9 \"transfer\"\n"
          "0 t10 t4 \"route\"\n"
          "1 t10s t10 \"transfer\"\n"
          "4 machines \"prefill\" \"0.6 0.6 0.6\"\n"
          "4 machines \"decode\" \"0.8 0.8 0.8\"\n"
          "5 0 m machine 0 \"Two DIMMs\"\n"
          "5 0 d0 t1 m \"HOST\"\n"
          "5 0 s0 t2 m \"channel\"\n"
          "5 0 l0 t3 s0 \"channel.down\"\n"
          "5 0 l1 t3 s0 \"channel.up\"\n"
          "5 0 d1 t4 s0 \"dimm[0]\"\n"
          "5 0 d2 t4 s0 \"dimm[1]\"\n"
          "5 0 n0 t5 m \"ring\"\n"
          "5 0 l5 t6 n0 \"ring[0-1]\"\n"
          "5 0 l2 t7 d1 \"dimm[0].down\"\n"
          "5 0 l3 t7 d2 \"dimm[1].down\"\n"
          "5 0 l4 t8 m \"extra\"\n"
          "6 2 t8 l4\n6 2 t7 l3\n6 2 t7 l2\n6 2 t6 l5\n6 2 t5 n0\n6 2 t4 d2\n6 2 t4 d1\n6 2 t3 l1\n6 2 t3 l0\n"
          "6 2 t2 s0\n6 2 t1 d0\n6 2 machine m\n",
      text.substr(begin));
}

TEST_F(PajeWriterTest, PhasesAreStatesOfTheMachine) {
  writer_.on_begin(0);
  writer_.on_phase(Phase::Prefill, 0);
  writer_.on_phase(Phase::Decode, 1.5);
  finish(2);
  EXPECT_EQ(
      "8 0 machines m \"prefill\"\n"
      "10 1.5 machines m\n"
      "8 1.5 machines m \"decode\"\n"
      "10 2 machines m\n",
      events());
}

TEST_F(PajeWriterTest, ALayerIsAStateOfItsDevice) {
  ActivityRecord activity = compute(0, 1, q_proj_, 0, 0.5);
  activity.flop = 4e6;
  activity.memory_bytes = 1024;
  activity.energy_J = 2.5e-9;
  writer_.on_begin(0);
  writer_.on_start(activity);
  writer_.on_end(activity);
  activity = compute(1, 2, q_proj_, 0.5, 1);
  writer_.on_start(activity);
  writer_.on_end(activity);
  finish(1);
  EXPECT_EQ(
      "4 t4s \"q_proj\" \"0 0.447 0.698\"\n"
      "9 0 t4s d1 \"q_proj\" \"linear\" 7 1 4000000 1024 0.0000000025\n"
      "10 0.5 t4s d1\n"
      "9 0.5 t4s d2 \"q_proj\" \"linear\" 7 1 0 0 0\n"
      "10 1 t4s d2\n",
      events());
}

TEST_F(PajeWriterTest, LayersOfTwoClassesWithOneNameAreToldApart) {
  const LayerEvent norm = layer("LlamaRMSNorm", "q_proj", 8);
  writer_.on_begin(0);
  for (const LayerEvent* event : {&q_proj_, &norm, &q_proj_}) {
    const ActivityRecord activity = compute(0, 1, *event, 0, 0);
    writer_.on_start(activity);
    writer_.on_end(activity);
  }
  finish(0);
  EXPECT_EQ(
      "4 t4s \"q_proj\" \"0 0.447 0.698\"\n"
      "9 0 t4s d1 \"q_proj\" \"linear\" 7 1 0 0 0\n"
      "10 0 t4s d1\n"
      "4 t4s \"q_proj (normalization)\" \"0 0.62 0.451\"\n"
      "9 0 t4s d1 \"q_proj (normalization)\" \"normalization\" 8 1 0 0 0\n"
      "10 0 t4s d1\n"
      "9 0 t4s d1 \"q_proj\" \"linear\" 7 1 0 0 0\n"
      "10 0 t4s d1\n",
      events());
}

TEST_F(PajeWriterTest, NamesThatAreWrittenAlikeAreDefinedOnce) {
  const LayerEvent comma = layer("Linear", "a,b", 1);
  const LayerEvent semicolon = layer("Linear", "a;b", 2);
  writer_.on_begin(0);
  for (const LayerEvent* event : {&comma, &semicolon}) {
    const ActivityRecord activity = compute(0, 1, *event, 0, 0);
    writer_.on_start(activity);
    writer_.on_end(activity);
  }
  finish(0);
  EXPECT_EQ(
      "4 t4s \"a;b\" \"0 0.447 0.698\"\n"
      "9 0 t4s d1 \"a;b\" \"linear\" 1 1 0 0 0\n"
      "10 0 t4s d1\n"
      "9 0 t4s d1 \"a;b\" \"linear\" 2 1 0 0 0\n"
      "10 0 t4s d1\n",
      events());
}

TEST_F(PajeWriterTest, ATransferIsAStateOfItsRouteAndAnArrow) {
  ActivityRecord activity = transfer(3, 2, &q_proj_, 0.25, 0.75);
  activity.purpose = "all-reduce";
  activity.bytes = 640;
  activity.energy_J = 0.5;
  writer_.on_begin(0);
  writer_.on_start(activity);
  writer_.on_end(activity);
  activity = transfer(4, 2, nullptr, 0.75, 1);
  writer_.on_start(activity);
  writer_.on_end(activity);
  finish(1);
  EXPECT_EQ(
      "5 0.25 r2 t10 d1 \"dimm[0] to dimm[1]\"\n"
      "4 t10s \"q_proj: all-reduce\" \"0.835 0.369 0\"\n"
      "9 0.25 t10s r2 \"q_proj: all-reduce\" \"transfer\" 7 1 0 640 0.5\n"
      "3 a0 machine t4 t4 \"transfer\"\n"
      "11 0.25 a0 m d1 \"q_proj: all-reduce\" k3 640\n"
      "10 0.75 t10s r2\n"
      "12 0.75 a0 m d2 \"q_proj: all-reduce\" k3\n"
      "4 t10s \"result\" \"0.835 0.369 0\"\n"
      "9 0.75 t10s r2 \"result\" \"transfer\" -1 -1 0 0 0\n"
      "11 0.75 a0 m d1 \"result\" k4 0\n"
      "10 1 t10s r2\n"
      "12 1 a0 m d2 \"result\" k4\n",
      events());
}

TEST_F(PajeWriterTest, ABroadcastHasAnArrowToEachDevice) {
  ActivityRecord activity = transfer(5, 1, &q_proj_, 0, 1);
  activity.purpose = "input";
  activity.bytes = 64;
  writer_.on_begin(0);
  writer_.on_start(activity);
  writer_.on_end(activity);
  finish(1);
  EXPECT_EQ(
      "5 0 r1 t9 d0 \"HOST to 2 devices\"\n"
      "4 t9s \"q_proj: input\" \"0.835 0.369 0\"\n"
      "9 0 t9s r1 \"q_proj: input\" \"transfer\" 7 1 0 64 0\n"
      "3 a0 machine t1 t4 \"transfer\"\n"
      "11 0 a0 m d0 \"q_proj: input\" k5d1 64\n"
      "11 0 a0 m d0 \"q_proj: input\" k5d2 64\n"
      "10 1 t9s r1\n"
      "12 1 a0 m d1 \"q_proj: input\" k5d1\n"
      "12 1 a0 m d2 \"q_proj: input\" k5d2\n",
      events());
}

TEST_F(PajeWriterTest, VariablesAreSetOnceMoreAtTheEnd) {
  writer_.on_begin(0);
  writer_.on_change({Quantity::DevicePower, 1, 0, 3.25});
  writer_.on_change({Quantity::LinkUse, 2, 0.5, 0.125});
  writer_.on_change({Quantity::ComputeUse, 0, 0.5, 1});
  writer_.on_change({Quantity::LinkUse, 2, 1, 0});
  finish(2);
  EXPECT_EQ(
      "7 0 t4p d1 3.25\n"
      "7 0.5 t7u l2 0.125\n"
      "7 0.5 t1c d0 1\n"
      "7 1 t7u l2 0\n"
      "7 2 t1c d0 1\n"
      "7 2 t4p d1 3.25\n"
      "7 2 t7u l2 0\n",
      events());
}

TEST_F(PajeWriterTest, EveryQuantityHasAVariable) {
  writer_.on_begin(0);
  writer_.on_change({Quantity::MemoryUse, 1, 0, 1});
  writer_.on_change({Quantity::MemoryBandwidth, 1, 0, 2e9});
  writer_.on_change({Quantity::WeightsHeld, 1, 0, 3});
  writer_.on_change({Quantity::KvCacheHeld, 1, 0, 4});
  writer_.on_change({Quantity::ActivationsHeld, 1, 0, 5});
  writer_.on_change({Quantity::LinkPower, 5, 0, 6});
  finish(1);
  EXPECT_EQ(
      "7 0 t4m d1 1\n7 0 t4b d1 2000000000\n7 0 t4w d1 3\n7 0 t4k d1 4\n7 0 t4a d1 5\n7 0 t6p l5 6\n"
      "7 1 t4m d1 1\n7 1 t4b d1 2000000000\n7 1 t4w d1 3\n7 1 t4k d1 4\n7 1 t4a d1 5\n7 1 t6p l5 6\n",
      events());
}

TEST(PajeWriter, IsNotThereWithoutACommit) {
  const PlatformSpec platform = two_dimms();
  const test::TemporaryFolder folder;
  {
    PajeWriter writer(folder.path("a.paje"), platform, "");
    writer.on_begin(0);
    writer.on_finish(1);
  }
  EXPECT_EQ(std::vector<std::string>(), folder.names());
}

TEST(PajeWriter, SaysThatTheFolderIsMissing) {
  const PlatformSpec platform = two_dimms();
  EXPECT_EQ("/no/a.paje: no such folder: /no", test::input_error([&] { PajeWriter("/no/a.paje", platform, ""); }));
}

TEST(PajeWriter, CallsTheMachineSoWithoutATitle) {
  const PlatformSpec platform = two_dimms();
  const test::TemporaryFolder folder;
  PajeWriter writer(folder.path("a.paje"), platform, "");
  writer.on_begin(2.5);
  writer.on_finish(3);
  writer.commit();
  EXPECT_NE(std::string::npos, test::read_bytes(folder.path("a.paje")).find("\n5 2.5 m machine 0 \"machine\"\n"));
}

}  // namespace
}  // namespace upmem_des

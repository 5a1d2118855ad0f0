#include "timeline/perfetto/perfetto_writer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "timeline_bench.hpp"
#include "upmem_des/util/error.hpp"

namespace upmem_des {
namespace {

using Json = nlohmann::json;
using testing::ElementsAre;

std::string contents(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

LayerEvent event(std::int64_t seq, const std::string& type, const std::string& name) {
  LayerEvent event;
  event.seq = seq;
  event.type = Name(type);
  event.name = Name(name);
  event.input_shape = {1, 4};
  event.output_shape = {1, 8};
  return event;
}

/// A folder of its own for each test, with a machine of HOST, a and b, and a way from a to b.
class PerfettoWriterTest : public testing::Test {
 protected:
  void SetUp() override {
    platform_ = two_devices();
    platform_.name = "two";
    platform_.links[2].name = "a_to_b";
    platform_.routes.push_back({1, {2}, {2}});
    folder_ = testing::TempDir() + "perfetto_" + testing::UnitTest::GetInstance()->current_test_info()->name();
    std::filesystem::create_directories(folder_);
    path_ = folder_ + "/out.json";
    writer_ = std::make_unique<PerfettoWriter>(path_, platform_, "a title");
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  /// Tells of a whole activity.
  ActivityRecord run(ActivityKind kind, std::size_t stream, const LayerEvent* event, double start_s, double end_s,
                     const char* purpose = "") {
    ActivityRecord record;
    record.id = next_id_++;
    record.kind = kind;
    record.stream = stream;
    record.event = event;
    record.purpose = purpose;
    record.start_s = start_s;
    if (kind == ActivityKind::Compute) {
      record.flop = 64;
      record.memory_bytes = 32;
      record.compute_s = (end_s - start_s) / 2;
      record.memory_s = end_s - start_s;
    } else {
      record.bytes = 250;
    }
    record.energy_J = 0.125;
    writer_->on_start(record);
    record.end_s = end_s;
    writer_->on_end(record);
    return record;
  }

  Json finish(double time_s) {
    writer_->on_finish(time_s);
    writer_->commit();
    return Json::parse(contents(path_));
  }

  static Json events(const Json& file, const std::string& kind) {
    Json found = Json::array();
    for (const Json& event : file.at("traceEvents"))
      if (event.at("ph") == kind) found.push_back(event);
    return found;
  }

  PlatformSpec platform_;
  std::string folder_;
  std::string path_;
  std::unique_ptr<PerfettoWriter> writer_;
  std::int64_t next_id_ = 10;
};

TEST_F(PerfettoWriterTest, TheWholeFile) {
  const LayerEvent embed = event(0, "Embedding", "embed");
  LayerEvent project = event(1, "Linear", "q_proj");
  project.path = Name("layers.0.q_proj");
  project.weight_shape = Shape{4, 8};
  project.deps = {0};
  writer_->on_begin(0);
  writer_->on_phase(Phase::Prefill, 0);
  writer_->on_change({Quantity::WeightsHeld, 1, 0, 2e9});
  run(ActivityKind::Compute, 0, &embed, 0, 1);
  writer_->on_change({Quantity::LinkUse, 0, 1, 0.5});
  run(ActivityKind::Transfer, 0, &project, 1, 3.5, "input");
  writer_->on_change({Quantity::LinkUse, 0, 3.5, 0});
  writer_->on_change({Quantity::DevicePower, 1, 3.5, 1.5});
  run(ActivityKind::Compute, 1, &project, 3.5, 5);
  writer_->on_phase(Phase::Decode, 5);
  run(ActivityKind::Transfer, 2, nullptr, 5, 6, "result");
  finish(6);
  EXPECT_EQ(R"json({"displayTimeUnit": "ns", "traceEvents": [
{"ph": "M", "pid": 1, "name": "process_name", "args": {"name": "machine"}},
{"ph": "M", "pid": 1, "name": "process_sort_index", "args": {"sort_index": 0}},
{"ph": "M", "pid": 1, "tid": 1, "name": "thread_name", "args": {"name": "phases"}},
{"ph": "M", "pid": 1, "tid": 1, "name": "thread_sort_index", "args": {"sort_index": 0}},
{"ph": "M", "pid": 3, "name": "process_name", "args": {"name": "a"}},
{"ph": "M", "pid": 3, "name": "process_sort_index", "args": {"sort_index": 2}},
{"ph": "M", "pid": 2, "name": "process_name", "args": {"name": "HOST"}},
{"ph": "M", "pid": 2, "name": "process_sort_index", "args": {"sort_index": 1}},
{"ph": "M", "pid": 2, "tid": 2, "name": "thread_name", "args": {"name": "compute"}},
{"ph": "M", "pid": 2, "tid": 2, "name": "thread_sort_index", "args": {"sort_index": 0}},
{"ph": "X", "pid": 2, "tid": 2, "ts": 0.000, "dur": 1000000.000, "name": "embed", "cat": "embedding", "cname": "thread_state_runnable", "args": {"type": "Embedding", "phase": "prefill", "step": 0, "seq": 0, "input_shape": [1, 4], "output_shape": [1, 8], "flop": 64, "memory_bytes": 32, "energy_J": 0.125, "start_s": 0, "time_s": 1, "arithmetic_s": 0.5, "memory_s": 1, "bound": "memory"}},
{"ph": "M", "pid": 8, "name": "process_name", "args": {"name": "links"}},
{"ph": "M", "pid": 8, "name": "process_sort_index", "args": {"sort_index": 4}},
{"ph": "C", "pid": 3, "ts": 0.000, "name": "memory held (GB)", "args": {"weights": 2, "kv_cache": 0, "activations": 0}},
{"ph": "M", "pid": 2, "tid": 5, "name": "thread_name", "args": {"name": "to a"}},
{"ph": "M", "pid": 2, "tid": 5, "name": "thread_sort_index", "args": {"sort_index": 1}},
{"ph": "X", "pid": 2, "tid": 5, "ts": 1000000.000, "dur": 2500000.000, "name": "q_proj: input", "cat": "transfer", "cname": "rail_animation", "args": {"purpose": "input", "from": "HOST", "to": "a", "links": ["down", "to_a"], "bytes": 250, "bandwidth_Bps": 100, "energy_J": 0.125, "start_s": 1, "time_s": 2.5, "type": "Linear", "path": "layers.0.q_proj", "phase": "prefill", "step": 0, "seq": 1}},
{"ph": "s", "pid": 2, "tid": 2, "ts": 999999.999, "id": 1, "name": "transfer", "cat": "arrow"},
{"ph": "f", "bp": "e", "pid": 2, "tid": 5, "ts": 1000000.000, "id": 1, "name": "transfer", "cat": "arrow"},
{"ph": "C", "pid": 8, "ts": 0.000, "name": "down bandwidth", "args": {"GB/s": 0}},
{"ph": "C", "pid": 8, "ts": 1000000.000, "name": "down bandwidth", "args": {"GB/s": 5e-08}},
{"ph": "M", "pid": 3, "tid": 3, "name": "thread_name", "args": {"name": "compute"}},
{"ph": "M", "pid": 3, "tid": 3, "name": "thread_sort_index", "args": {"sort_index": 0}},
{"ph": "X", "pid": 3, "tid": 3, "ts": 3500000.000, "dur": 1500000.000, "name": "q_proj", "cat": "linear", "cname": "rail_response", "args": {"type": "Linear", "path": "layers.0.q_proj", "phase": "prefill", "step": 0, "seq": 1, "input_shape": [1, 4], "weight_shape": [4, 8], "output_shape": [1, 8], "flop": 64, "memory_bytes": 32, "energy_J": 0.125, "start_s": 3.5, "time_s": 1.5, "arithmetic_s": 0.75, "memory_s": 1.5, "bound": "memory"}},
{"ph": "s", "pid": 2, "tid": 5, "ts": 3499999.999, "id": 2, "name": "transfer", "cat": "arrow"},
{"ph": "f", "bp": "e", "pid": 3, "tid": 3, "ts": 3500000.000, "id": 2, "name": "transfer", "cat": "arrow"},
{"ph": "X", "pid": 1, "tid": 1, "ts": 0.000, "dur": 5000000.000, "name": "prefill", "cat": "phase", "args": {}},
{"ph": "M", "pid": 3, "tid": 7, "name": "thread_name", "args": {"name": "to b"}},
{"ph": "M", "pid": 3, "tid": 7, "name": "thread_sort_index", "args": {"sort_index": 3}},
{"ph": "X", "pid": 3, "tid": 7, "ts": 5000000.000, "dur": 1000000.000, "name": "result", "cat": "transfer", "cname": "rail_animation", "args": {"purpose": "result", "from": "a", "to": "b", "links": ["a_to_b"], "bytes": 250, "bandwidth_Bps": 250, "energy_J": 0.125, "start_s": 5, "time_s": 1, "phase": "prefill"}},
{"ph": "s", "pid": 3, "tid": 3, "ts": 4999999.999, "id": 3, "name": "transfer", "cat": "arrow"},
{"ph": "f", "bp": "e", "pid": 3, "tid": 7, "ts": 5000000.000, "id": 3, "name": "transfer", "cat": "arrow"},
{"ph": "C", "pid": 8, "ts": 3500000.000, "name": "down bandwidth", "args": {"GB/s": 0}},
{"ph": "C", "pid": 3, "ts": 0.000, "name": "power", "args": {"W": 0}},
{"ph": "C", "pid": 3, "ts": 3500000.000, "name": "power", "args": {"W": 1.5}},
{"ph": "X", "pid": 1, "tid": 1, "ts": 5000000.000, "dur": 1000000.000, "name": "decode", "cat": "phase", "args": {}}
], "otherData": {"title": "a title", "platform": "two", "start_s": 0, "end_s": 6}}
)json",
            contents(path_));
}

TEST_F(PerfettoWriterTest, NamesMayHoldAnything) {
  platform_.devices[1].name = "dev\"ice\\";
  platform_.links[0].name = "li\nnk";
  writer_ = std::make_unique<PerfettoWriter>(path_, platform_, "\x01 \xff title");
  LayerEvent odd = event(0, "Ty\"pe\t", "n\xc3(me");
  odd.path = Name(std::string("a\0b", 3));
  writer_->on_begin(0);
  writer_->on_phase(Phase::Prefill, 0);
  run(ActivityKind::Compute, 1, &odd, 0, 1);
  writer_->on_change({Quantity::LinkPower, 0, 0.5, 2});
  const Json file = finish(1);
  EXPECT_EQ("\x01 \xef\xbf\xbd title", file.at("otherData").at("title"));
  const Json slices = events(file, "X");
  ASSERT_EQ(2U, slices.size());
  EXPECT_EQ("n\xef\xbf\xbd(me", slices[0].at("name"));
  EXPECT_EQ("Ty\"pe\t", slices[0].at("args").at("type"));
  EXPECT_EQ(std::string("a\0b", 3), slices[0].at("args").at("path"));
  EXPECT_EQ("li\nnk power", events(file, "C")[0].at("name"));
  EXPECT_EQ("dev\"ice\\", events(file, "M")[4].at("args").at("name"));
}

TEST_F(PerfettoWriterTest, StartsAndEndsAreRoundedAlikeAndShortSlicesHaveNoArrows) {
  const LayerEvent first = event(0, "Linear", "first");
  const LayerEvent second = event(1, "Linear", "second");
  const LayerEvent third = event(2, "Linear", "third");
  writer_->on_begin(0);
  writer_->on_phase(Phase::Prefill, 0);
  run(ActivityKind::Compute, 1, &first, 0, 1.6e-9);
  run(ActivityKind::Compute, 1, &second, 1.6e-9, 2.4e-9);
  run(ActivityKind::Compute, 1, &third, 2.4e-9, 3.6e-9);
  const Json file = finish(3.6e-9);
  const Json slices = events(file, "X");
  ASSERT_EQ(4U, slices.size());
  EXPECT_EQ(0.000, slices[0].at("ts"));
  EXPECT_EQ(0.002, slices[0].at("dur"));
  EXPECT_EQ(0.002, slices[1].at("ts"));
  EXPECT_EQ(0.000, slices[1].at("dur"));
  EXPECT_EQ(0.002, slices[2].at("ts"));
  EXPECT_EQ(0.002, slices[2].at("dur"));
  EXPECT_TRUE(events(file, "s").empty());
  EXPECT_TRUE(events(file, "f").empty());
}

TEST_F(PerfettoWriterTest, CountersAreWrittenWhenTheirValueChanges) {
  writer_->on_begin(1);
  writer_->on_phase(Phase::Decode, 1);
  writer_->on_change({Quantity::DevicePower, 2, 1, 0.5});
  writer_->on_change({Quantity::ComputeUse, 2, 1, 0});
  writer_->on_change({Quantity::DevicePower, 2, 2, 3});
  writer_->on_change({Quantity::DevicePower, 2, 2 + 3e-10, 0.5});  // in the same ns: the last counts
  writer_->on_change({Quantity::KvCacheHeld, 2, 3, 4e9});
  writer_->on_change({Quantity::ActivationsHeld, 2, 3, 1e9});
  writer_->on_change({Quantity::MemoryBandwidth, 2, 4, 2.5e9});
  writer_->on_change({Quantity::MemoryUse, 2, 4, 1});
  writer_->on_change({Quantity::LinkPower, 1, 5, 0.75});
  std::vector<std::string> counters;
  for (const Json& counter : events(finish(6), "C"))
    counters.push_back(fmt::format("{} {} {} {}", counter.at("pid").get<int>(), counter.at("ts").get<double>(),
                                   counter.at("name").get<std::string>(), counter.at("args").dump()));
  EXPECT_THAT(counters,
              ElementsAre(R"(4 1000000 power {"W":0.5})",
                          R"(4 1000000 memory held (GB) {"activations":0,"kv_cache":0,"weights":0})",
                          R"(4 3000000 memory held (GB) {"activations":1,"kv_cache":4,"weights":0})",
                          R"(4 1000000 memory bandwidth {"GB/s":0})", R"(4 4000000 memory bandwidth {"GB/s":2.5})",
                          R"(8 1000000 to_a power {"W":0})", R"(8 5000000 to_a power {"W":0.75})"));
}

TEST_F(PerfettoWriterTest, NoTwoThreadsShareANumber) {
  const LayerEvent only = event(0, "Linear", "only");
  writer_->on_begin(0);
  writer_->on_phase(Phase::Prefill, 0);
  for (std::size_t device = 0; device < 3; ++device) run(ActivityKind::Compute, device, &only, 0, 1);
  for (std::size_t route = 0; route < 3; ++route) run(ActivityKind::Transfer, route, &only, 1, 2);
  std::vector<std::string> threads;
  for (const Json& name : events(finish(2), "M"))
    if (name.at("name") == "thread_name")
      threads.push_back(fmt::format("{}/{} {}", name.at("pid").get<int>(), name.at("tid").get<int>(),
                                    name.at("args").at("name").get<std::string>()));
  EXPECT_THAT(threads, ElementsAre("1/1 phases", "2/2 compute", "3/3 compute", "4/4 compute", "2/5 to a", "2/6 to b",
                                   "3/7 to b"));
}

TEST_F(PerfettoWriterTest, WithoutCommitNothingIsLeft) {
  const LayerEvent only = event(0, "Linear", "only");
  writer_->on_begin(0);
  writer_->on_phase(Phase::Prefill, 0);
  for (int i = 0; i < 1000; ++i) run(ActivityKind::Compute, 1, &only, i, i + 1);
  writer_.reset();
  EXPECT_TRUE(std::filesystem::is_empty(folder_));
}

TEST_F(PerfettoWriterTest, AFolderThatIsNotThere) {
  try {
    PerfettoWriter(folder_ + "/no/out.json", platform_, "");
    FAIL();
  } catch (const InputError& error) {
    EXPECT_EQ(folder_ + "/no/out.json: no such folder: " + folder_ + "/no", error.what());
  }
}

}  // namespace
}  // namespace upmem_des

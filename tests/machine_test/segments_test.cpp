/// Segments give the numbers of the plain path, whatever the machine, the mapping and the trace.
#include <gtest/gtest.h>

#include "dice.hpp"
#include "law_cases.hpp"
#include "machine_bench.hpp"
#include "support/result_numbers.hpp"

using namespace upmem_des;
using namespace upmem_des::test;

namespace {

/// Two, four or six devices with links of their own, behind a channel, or with a network.
std::string random_platform(Dice& dice, std::int64_t& count) {
  count = 2 * (1 + dice.below(3));
  const std::string number = std::to_string(count);
  const std::string profile = dice.one_of({"DEV", "FAST", "SLOW"});
  const std::string group = "{name: dev, architecture: " + profile + ", count: " + number;
  const std::string latency = std::to_string(dice.below(3) * 70);
  switch (dice.below(4)) {
    case 0:
      return "devices: [" + group + "}]\n";
    case 1:
      return "links: [{name: channel, bw_GBs: 12, pj_per_bit: 3, latency_ns: " + latency +
             ", duplex: half, count: 2}]\ndevices: [" + group + ", under: channel, broadcast: true}]\n";
    case 2:
      return "devices: [" + group + "}]\nnetworks: [{name: net, between: dev, topology: ring, bw_GBs: 30, " +
             "pj_per_bit: 2, latency_ns: " + latency + "}]\n";
    default:
      return "devices: [" + group + "}]\nnetworks: [{name: net, between: dev, topology: switch, bw_GBs: 25, " +
             "pj_per_bit: 1, latency_ns: " + latency + "}]\n";
  }
}

std::string random_place(Dice& dice, std::int64_t count) {
  const std::int64_t first = dice.below(count);
  const std::int64_t last = first + dice.below(count - first);
  const std::string some = "dev[" + std::to_string(first) + ".." + std::to_string(last) + "]";
  switch (dice.below(6)) {
    case 0:
      return "dev";
    case 1:
      return "'" + some + "'";
    case 2:
      return "{devices: dev, split: replicas}";
    case 3:
      return "HOST";
    case 4:
      return "'dev[" + std::to_string(first) + "],t'";
    default:
      return "'dev[" + std::to_string(first) + "]'";
  }
}

/// Half of the layers have no place of their own and follow the layer before.
std::string random_mapping(Dice& dice, std::int64_t count) {
  std::string mapping = "default: 'dev[" + std::to_string(dice.below(count)) + "]'";
  for (const char* name : {"a", "b", "c", "d", "e", "f"})
    if (dice.one_in(2)) mapping += std::string(", ") + name + ": " + random_place(dice, count);
  return mapping;
}

std::string random_simulation(Dice& dice) {
  std::string text = "schedule: " + dice.one_of({"dataflow", "dataflow", "sequential"});
  if (dice.one_in(4)) text += ", ideal_links: true";
  if (text.find("sequential") != std::string::npos) return text;
  if (dice.one_in(4)) return text + ", interleave: " + dice.one_of({"2", "4"});
  if (dice.one_in(4)) text += ", chunks: 3";
  if (dice.one_in(4)) text += ", microbatches: 2";
  // A weight is of 8 kB.
  if (dice.one_in(3))
    text += ", prefetch_weights: " + dice.one_of({"true", "{buffer_MB: 0.005}", "{buffer_MB: 0.02}", "{buffer_MB: 1}"});
  return text;
}

/// Three passes of up to 60 layers on the same width, each of which waits for one or two before it; the last is `f`.
void random_trace(Dice& dice, MachineBench& bench) {
  const std::int64_t layers = 5 + dice.below(55);
  for (std::int64_t step = 0; step < 3; ++step)
    for (std::int64_t i = 0; i < layers; ++i) {
      LayerEvent event;
      event.type = Name("Linear");
      event.name = Name(i + 1 == layers ? "f" : dice.one_of({"a", "a", "b", "c", "d", "e"}));
      event.path = Name("net." + std::to_string(i));
      event.id = i;
      event.step = step;
      event.phase = step == 0 ? Phase::Prefill : Phase::Decode;
      const std::int64_t rows = step == 0 ? 4 * (1 + dice.below(40)) : 4;
      event.input_shape = Shape{rows, 64};
      event.weight_shape = Shape{64, 64};
      event.output_shape = Shape{rows, 64};
      const std::int64_t seq = step * layers + i;
      if (seq > 0 && dice.one_in(3)) event.deps = {std::max<std::int64_t>(0, seq - 1 - dice.below(6)), seq - 1};
      if (event.deps.size() == 2 && event.deps[0] == event.deps[1]) event.deps.pop_back();
      if (seq > 3 && event.deps.empty() && dice.one_in(4)) event.deps = {seq - 2};
      bench.add(std::move(event));
    }
}

/// The numbers of one and the same random case, and what it is.
struct Outcome {
  std::string what;
  std::vector<ResultNumber> numbers;
};

Outcome run_random(unsigned seed, const char* segments) {
  Dice dice(seed);
  MachineBench bench(4);
  std::int64_t count = 0;
  const std::string platform = random_platform(dice, count);
  const std::string mapping = random_mapping(dice, count);
  const std::string simulation = random_simulation(dice);
  random_trace(dice, bench);
  const SimulationResult result = bench.run(platform, mapping, simulation + ", segments: " + segments, "last_layer: f");
  return {platform + mapping + "\n" + simulation, numbers_of(result)};
}

class SegmentsLaw : public ::testing::TestWithParam<LawCase> {};

}  // namespace

TEST(Segments, GiveTheNumbersOfThePlainPathOnRandomMachines) {
  for (unsigned seed = 0; seed < 150; ++seed) {
    const Outcome plain = run_random(seed, "false");
    EXPECT_EQ("", differences(plain.numbers, run_random(seed, "true").numbers)) << "seed " << seed << "\n"
                                                                                << plain.what;
  }
}

TEST_P(SegmentsLaw, TheyGiveTheNumbersOfThePlainPath) {
  for (const char* how : {"schedule: sequential", "schedule: dataflow", "schedule: dataflow, chunks: 4",
                          "schedule: dataflow, prefetch_weights: true", "schedule: dataflow, ideal_links: true"}) {
    const auto numbers = [&](const char* segments) {
      MachineBench bench;
      return numbers_of(bench.run_model(GetParam().platform, GetParam().mapping,
                                        std::string(how) + ", segments: " + segments, GetParam().workload));
    };
    EXPECT_EQ("", differences(numbers("false"), numbers("true"))) << how;
  }
}

INSTANTIATE_TEST_SUITE_P(Machines, SegmentsLaw, ::testing::ValuesIn(law_cases),
                         [](const ::testing::TestParamInfo<LawCase>& one) { return one.param.name; });

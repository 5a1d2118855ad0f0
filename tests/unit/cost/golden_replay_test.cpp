#include "unit/cost/golden_replay.hpp"

#include <gtest/gtest.h>

#include <cctype>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "unit/cost/device_csv.hpp"

namespace upmem_des::test {

namespace {

using nlohmann::json;

constexpr double tolerance = 1e-9;

void expect_same(double value, double expected, const std::string& what) {
  EXPECT_LE(std::abs(value - expected), tolerance * std::abs(expected))
      << what << ": " << value << ", not " << expected;
}

double value_of(const std::map<std::string, double>& values, const std::string& key) {
  const auto found = values.find(key);
  return found == values.end() ? 0 : found->second;
}

void expect_values(const std::map<std::string, double>& values, const json& expected, const std::string& what) {
  for (const auto& [key, number] : expected.items())
    if (key != "total") expect_same(value_of(values, key), number.get<double>(), what + "." + key);
}

double sum(const std::map<std::string, double>& values) {
  double total = 0;
  for (const auto& [key, value] : values) total += value;
  return total;
}

void expect_phase(const PhaseTotals& phase, const json& expected, const std::string& what) {
  expect_same(phase.time_s, expected["time_s"].get<double>(), what + ".time_s");
  expect_values(phase.energy_J, expected["energy_J"], what + ".energy_J");
  expect_same(sum(phase.energy_J), expected["energy_J"]["total"].get<double>(), what + ".energy_J.total");
  expect_values(phase.busy_s, expected["busy_s"], what + ".busy_s");
  expect_values(phase.moved_bytes, expected["moved_bytes"], what + ".moved_bytes");
}

class GoldenReplayTest : public testing::TestWithParam<std::string> {};

TEST_P(GoldenReplayTest, AgreesWithThePublishedTool) {
  const std::string folder = std::string(GOLDEN_DIR) + "/" + GetParam();
  const GoldenCase golden = read_golden_case(folder);
  const ReplayTotals totals = GoldenReplay(golden, read_device_csv(std::string(TEST_DATA_DIR) + "/devices.csv")).run();
  std::ifstream file(folder + "/expected.json");
  const json expected = json::parse(file);
  expect_same(totals.time_s, expected["time_s"].get<double>(), "time_s");
  expect_same(sum(totals.prefill.energy_J) + sum(totals.decode.energy_J), expected["energy_J"].get<double>(),
              "energy_J");
  EXPECT_EQ(totals.forward_passes, expected["forward_passes"].get<std::int64_t>());
  EXPECT_EQ(totals.events, expected["events"].get<std::int64_t>());
  expect_phase(totals.prefill, expected["phases"]["prefill"], "prefill");
  expect_phase(totals.decode, expected["phases"]["decode"], "decode");
}

std::string test_name(const testing::TestParamInfo<std::string>& info) {
  std::string name = info.param;
  for (char& c : name)
    if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
  return name;
}

INSTANTIATE_TEST_SUITE_P(All, GoldenReplayTest, testing::ValuesIn(golden_names(GOLDEN_DIR)), test_name);

TEST(GoldenCases, AllAreThere) {
  EXPECT_EQ(golden_names(GOLDEN_DIR).size(), 96U);
}

}  // namespace

}  // namespace upmem_des::test

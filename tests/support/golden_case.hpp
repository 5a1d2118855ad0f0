/// A golden case's expected numbers against a result.
#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "upmem_des/result/simulation_result.hpp"
#include "upmem_des/trace/layer_event.hpp"

namespace upmem_des::test {

/// Equal to 1e-9 relative; what the published tool never set is exactly 0 here too.
inline ::testing::AssertionResult agrees(const std::string& what, double expected, double actual) {
  if (expected == actual) return ::testing::AssertionSuccess();
  const double relative = std::abs(actual - expected) / std::abs(expected);
  if (expected != 0 && relative <= 1e-9) return ::testing::AssertionSuccess();
  return ::testing::AssertionFailure() << what << ": expected " << ::testing::PrintToString(expected) << ", got "
                                       << ::testing::PrintToString(actual) << ", relative " << relative;
}

inline void expect_phase(const std::string& name, const nlohmann::json& expected, const PhaseResult& phase) {
  const auto& energy = expected.at("energy_J");
  EXPECT_TRUE(agrees(name + ".time_s", expected.at("time_s"), phase.time_s));
  EXPECT_TRUE(agrees(name + ".energy_J.host_to_device", energy.at("host_to_device"), phase.energy.host_to_device_J));
  EXPECT_TRUE(agrees(name + ".energy_J.device_to_host", energy.at("device_to_host"), phase.energy.device_to_host_J));
  EXPECT_TRUE(agrees(name + ".energy_J.main_mem", energy.at("main_mem"), phase.energy.main_mem_J));
  EXPECT_TRUE(agrees(name + ".energy_J.compute", energy.at("compute"), phase.energy.compute_J));
  EXPECT_TRUE(agrees(name + ".energy_J.total", energy.at("total"), phase.energy.total_J()));
  const auto& busy = expected.at("busy_s");
  EXPECT_TRUE(agrees(name + ".busy_s.host_to_device", busy.at("host_to_device"), phase.busy.host_to_device_s));
  EXPECT_TRUE(agrees(name + ".busy_s.device_to_host", busy.at("device_to_host"), phase.busy.device_to_host_s));
  EXPECT_TRUE(agrees(name + ".busy_s.compute", busy.at("compute"), phase.busy.compute_s));
  EXPECT_TRUE(agrees(name + ".busy_s.mem_transfer", busy.at("mem_transfer"), phase.busy.mem_transfer_s));
  EXPECT_TRUE(agrees(name + ".busy_s.kv_load", busy.at("kv_load"), phase.busy.kv_load_s));
  const auto& moved = expected.at("moved_bytes");
  EXPECT_TRUE(agrees(name + ".moved_bytes.host_to_device", moved.at("host_to_device"), phase.moved.host_to_device_B));
  EXPECT_TRUE(agrees(name + ".moved_bytes.device_to_host", moved.at("device_to_host"), phase.moved.device_to_host_B));
}

/// Compares every number of `case_folder`/expected.json.
inline void expect_golden(const std::string& case_folder, const SimulationResult& result) {
  std::ifstream file(case_folder + "/expected.json");
  ASSERT_TRUE(file) << case_folder << "/expected.json";
  const nlohmann::json expected = nlohmann::json::parse(file);
  EXPECT_TRUE(agrees("time_s", expected.at("time_s"), result.time_s));
  EXPECT_TRUE(agrees("energy_J", expected.at("energy_J"), result.energy_J()));
  EXPECT_EQ(expected.at("forward_passes"), result.forward_passes);
  EXPECT_EQ(expected.at("events"), result.events);
  expect_phase("prefill", expected.at("phases").at("prefill"), result.phase(Phase::Prefill));
  expect_phase("decode", expected.at("phases").at("decode"), result.phase(Phase::Decode));
}

}  // namespace upmem_des::test

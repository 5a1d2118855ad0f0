#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "measured_sample.hpp"

using namespace upmem_des;

using Json = nlohmann::json;

TEST(MeasuredJsonTest, ALanguageModel) {
  EXPECT_EQ(Json::parse(measured_json(measured_sample())), Json::parse(R"({
    "format": "upmem-des-profile", "version": 1,
    "model": "tiny", "dtype": "float32", "batch": 2,
    "cpu": "A CPU @ 2 GHz", "threads": 2, "libtorch": "1.13.1",
    "sim_compute": false, "random_weights": false,
    "time_s": 8.0, "energy_J": {"packages": 100.0, "memory": 10.0, "total": 110.0}, "power_W": 13.75, "no_energy": "",
    "events": 96, "events_s": 7.6, "coverage": 0.95,
    "forward_passes": 4, "passes_per_s": 0.5, "generated_tokens": 8,
    "phases": {
      "prefill": {"time_s": 2.0, "passes": 1, "passes_per_s": 0.5, "tokens": 2,
                  "energy_J": {"packages": 40.0, "memory": 4.0, "total": 44.0}, "power_W": 22.0},
      "decode": {"time_s": 6.0, "passes": 3, "passes_per_s": 0.5, "tokens": 6,
                 "energy_J": {"packages": 60.0, "memory": 6.0, "total": 66.0}, "power_W": 11.0,
                 "tokens_per_s": 1.0, "energy_per_token_J": 11.0}},
    "token_ids": [[5, 6, 7, 8], [1, 2, 3, 4]], "texts": ["one", "two"], "warnings": []})"));
}

TEST(MeasuredJsonTest, WhatWasNotMeasuredIsNull) {
  EXPECT_EQ(Json::parse(measured_json(measured_script())), Json::parse(R"({
    "format": "upmem-des-profile", "version": 1,
    "model": "", "dtype": "float32", "batch": 1,
    "cpu": "", "threads": 1, "libtorch": "1.13.1",
    "sim_compute": false, "random_weights": false,
    "time_s": 0.004, "energy_J": null, "power_W": null, "no_energy": "/sys/class/powercap: no counters",
    "events": 1, "events_s": 0.003, "coverage": 0.75,
    "forward_passes": 1, "passes_per_s": 250.0, "generated_tokens": null,
    "phases": {
      "prefill": {"time_s": 0.004, "passes": 1, "passes_per_s": 250.0, "tokens": null,
                  "energy_J": null, "power_W": null},
      "decode": {"time_s": 0.0, "passes": 0, "passes_per_s": 0.0, "tokens": null,
                 "energy_J": null, "power_W": null, "tokens_per_s": null, "energy_per_token_J": null}},
    "token_ids": [], "texts": [], "warnings": []})"));
}

TEST(MeasuredJsonTest, KeysAreInADocumentedOrder) {
  const std::string text = measured_json(measured_sample());
  EXPECT_EQ(text.rfind("{\n \"format\": \"upmem-des-profile\",\n \"version\": 1,\n \"model\": \"tiny\",", 0), 0U);
  EXPECT_EQ(text.back(), '\n');
}

TEST(MeasuredJsonTest, BytesThatAreNoTextDoNotBreakIt) {
  MeasuredRun run = measured_script();
  run.reply.cpu = "\xff\"\n";
  EXPECT_EQ(Json::parse(measured_json(run))["cpu"], "\xEF\xBF\xBD\"\n");
}

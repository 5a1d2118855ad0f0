/// Served requests on a timeline.
#include "timeline/perfetto/serving_tracks.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "support/temporary_folder.hpp"
#include "upmem_des/trace/layer_event.hpp"

using namespace upmem_des;
using namespace upmem_des::test;
using ::testing::ElementsAre;

namespace {

RequestRecord request(std::int64_t id, double arrival_s, double scheduled_s, double first_token_s, double finish_s) {
  RequestRecord record;
  record.id = id;
  record.arrival_s = arrival_s;
  record.scheduled_s = scheduled_s;
  record.first_token_s = first_token_s;
  record.finish_s = finish_s;
  record.prompt_tokens = 10;
  record.output_tokens = 3;
  record.energy_J = 2.5;
  return record;
}

/// "name thread start-end" of slices, times in ns.
std::vector<std::string> slices(const nlohmann::json& document, std::int64_t pid) {
  std::vector<std::string> found;
  for (const nlohmann::json& event : document["traceEvents"]) {
    if (event["ph"] != "X" || event["pid"] != pid) continue;
    const auto ns = [](double us) { return std::to_string(static_cast<std::int64_t>(us * 1000 + 0.5)); };
    const double start = event["ts"], lasts = event["dur"];
    found.push_back(event["name"].get<std::string>() + " " + std::to_string(event["tid"].get<int>()) + " " + ns(start) +
                    "-" + ns(start + lasts));
  }
  return found;
}

}  // namespace

TEST(ServingTracksTest, StepsAndRequestsAreSlices) {
  TemporaryFolder folder;
  const std::string path = folder.path("t.json");
  {
    ServingTracks tracks(path, "a run");
    tracks.on_step({0, 0, 2e-6, 10, 10, 1, 1, 0, 4});
    tracks.on_step({1, 1e-6, 3e-6, 12, 8, 5, 5, 2, 7});
    tracks.on_step({0, 2e-6, 3e-6, 1, 0, 1, 0, 0, 0});
    tracks.on_request(request(0, 0, 0, 2e-6, 4e-6));
    tracks.on_request(request(1, 1e-6, 2e-6, 3e-6, 5e-6));  // beside the first
    tracks.on_request(request(2, 4e-6, 4e-6, 6e-6, 7e-6));  // after it
    RequestRecord refused = request(3, 5e-6, 0, 0, 0);
    refused.refused = "too long";
    tracks.on_request(refused);
    tracks.commit();
  }
  const nlohmann::json document = nlohmann::json::parse(read_bytes(path));
  EXPECT_EQ(document["otherData"]["title"], "a run");
  EXPECT_THAT(slices(document, 3), ElementsAre("prompts 3 0-2000", "tokens 3 2000-3000"));
  EXPECT_THAT(slices(document, 5), ElementsAre("prompts and tokens 5 1000-3000"));
  EXPECT_THAT(slices(document, 1),
              ElementsAre("request 0 2 0-4000", "prompt 2 0-2000", "tokens 2 2000-4000", "request 1 4 1000-5000",
                          "queued 4 1000-2000", "prompt 4 2000-3000", "tokens 4 3000-5000", "request 2 2 4000-7000",
                          "prompt 2 4000-6000", "tokens 2 6000-7000"));
  for (const nlohmann::json& event : document["traceEvents"]) {
    if (event["name"] == "request 1") {
      EXPECT_EQ(event["args"]["prompt_tokens"], 10);
      EXPECT_NEAR(event["args"]["ttft_s"].get<double>(), 2e-6, 1e-18);
      EXPECT_EQ(event["args"]["energy_J"], 2.5);
    }
  }
}

TEST(ServingTracksTest, DraftsAreTheEndOfAStep) {
  TemporaryFolder folder;
  const std::string path = folder.path("t.json");
  {
    ServingTracks tracks(path, "a run");
    tracks.on_step({0, 0, 2e-6, 10, 10, 1, 1, 0, 4, 0, 0, 5e-7});
    tracks.on_step({0, 2e-6, 5e-6, 4, 0, 1, 0, 0, 0, 3, 2, 1e-6});
    tracks.commit();
  }
  const nlohmann::json document = nlohmann::json::parse(read_bytes(path));
  EXPECT_THAT(slices(document, 3),
              ElementsAre("prompts 3 0-2000", "drafts 3 1500-2000", "tokens 3 2000-5000", "drafts 3 4000-5000"));
  for (const nlohmann::json& event : document["traceEvents"]) {
    if (event["name"] == "tokens") {
      EXPECT_EQ(event["args"],
                (nlohmann::json{{"tokens", 4}, {"prompt_tokens", 0}, {"requests", 1}, {"drafts", 3}, {"accepted", 2}}));
    }
    if (event["name"] == "prompts") {
      EXPECT_FALSE(event["args"].contains("drafts"));
    }
  }
}

TEST(ServingTracksTest, WithoutCommitNothingIsLeft) {
  TemporaryFolder folder;
  {
    ServingTracks tracks(folder.path("t.json"), "a run");
    tracks.on_step({0, 0, 1, 1, 1, 1, 1, 0, 1});
  }
  EXPECT_FALSE(std::filesystem::exists(folder.path("t.json")));
}

/// The last layers of a model alone, as what drafts with them has them.
#include <gtest/gtest.h>

#include <algorithm>

#include "unit/model/streams.hpp"

using namespace upmem_des;

namespace {

std::int64_t count(const std::vector<LayerEvent>& events, const std::string& name) {
  return std::count_if(events.begin(), events.end(), [&](const LayerEvent& event) { return event.name == Name(name); });
}

/// But for their ids, which count the modules of the whole model.
std::vector<std::string> without_ids(const DecoderConfig& config, const DecoderRun& run) {
  std::vector<std::string> lines;
  for (LayerEvent event : events_of(config, run)) {
    event.id.reset();
    lines.push_back(line(event));
  }
  return lines;
}

}  // namespace

TEST(LastLayers, StandBetweenEmbeddingAndHead) {
  DecoderRun run = small_run(3, 2);
  const std::vector<std::string> two = without_ids(small_config("llama", 2), run);
  const std::vector<std::string> five = without_ids(small_config("llama", 5), run);
  EXPECT_NE(two, five);
  run.last_layers = 2;
  EXPECT_EQ(without_ids(small_config("llama", 5), run), two);
  run.last_layers = 5;
  EXPECT_EQ(without_ids(small_config("llama", 5), run), five);
}

/// Of 27 layers the first has no experts.
TEST(LastLayers, AreTheLast) {
  const DecoderConfig config = read_model_config(PROJECT_DIR "/scenarios/models/deepseek-v2-lite.json");
  DecoderRun run = small_run(3, 1);
  run.last_layers = 1;
  const std::vector<LayerEvent> events = events_of(config, run);
  EXPECT_EQ(count(events, "embed_tokens"), 1);
  EXPECT_EQ(count(events, "kv_b_proj"), 1);
  EXPECT_EQ(count(events, "gate"), 1);
  EXPECT_EQ(count(events, "lm_head"), 1);
  run.last_layers = 27;
  EXPECT_EQ(count(events_of(config, run), "gate"), 26);
  EXPECT_EQ(count(events_of(config, run), "kv_b_proj"), 27);
}

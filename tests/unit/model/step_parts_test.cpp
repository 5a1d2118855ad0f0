/// Steps in parts: the calls of each part are those of its sequences alone.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "model/decoder_source.hpp"
#include "upmem_des/model/family_registry.hpp"
#include "upmem_des/trace/recognise.hpp"

using namespace upmem_des;

namespace {

class Given : public StepSource {
 public:
  explicit Given(std::vector<StepSlices> steps) : steps_(std::move(steps)) {}

  Answer next(const Progress& /*progress*/, StepSlices& step) override {
    if (at_ == steps_.size()) return Answer::end();
    step = steps_[at_++];
    return Answer::step();
  }

 private:
  std::vector<StepSlices> steps_;
  std::size_t at_ = 0;
};

std::vector<StepCalls> steps_of(const DecoderConfig& config, const DecoderRun& run,
                                const std::vector<StepSlices>& steps) {
  DecoderSource source(config, run, std::make_unique<Given>(steps));
  std::vector<StepCalls> all;
  Progress progress;
  StepCalls step;
  while (next_at_once(static_cast<CallSource&>(source), progress, step)) all.push_back(step);
  return all;
}

/// Prompts of 5 and 3 rows and a token behind 7 in one part, a prompt of 4 in the other; then tokens of all.
std::vector<StepSlices> steps() {
  return {{0, {{0, 1, 5, 0}, {1, 1, 3, 0}, {2, 1, 1, 7}, {3, 1, 4, 0}}, {}, {3, 4}},
          {1, {{0, 1, 1, 5}, {1, 1, 1, 3}, {2, 1, 1, 8}, {3, 1, 1, 4}}, {}, {3, 4}},
          {2, {{0, 1, 1, 6}, {1, 1, 1, 4}, {2, 1, 1, 9}, {3, 1, 1, 5}}, {}, {3, 4}}};
}

std::vector<StepSlices> steps_of_part(std::size_t part) {
  std::vector<StepSlices> alone = steps();
  for (StepSlices& step : alone) {
    const std::size_t first = part == 0 ? 0 : step.part_ends[0];
    step.slices = {step.slices.begin() + static_cast<std::ptrdiff_t>(first),
                   step.slices.begin() + static_cast<std::ptrdiff_t>(step.part_ends[part])};
    step.part_ends.clear();
  }
  return alone;
}

}  // namespace

TEST(StepParts, HaveTheCallsOfTheirSequencesAlone) {
  int models = 0;
  for (const auto& entry : std::filesystem::directory_iterator(PROJECT_DIR "/scenarios/models")) {
    if (entry.path().extension() != ".json") continue;
    SCOPED_TRACE(entry.path().string());
    const DecoderConfig config = read_model_config(entry.path().string());
    DecoderRun run;
    run.prompt_tokens = 16;
    run.output_tokens = 4;
    run.batch = 4;
    run.detail = Detail::kernels;
    run.attention = Attention::sdpa;
    run.logits = Logits::last;
    run.routing = Routing::balanced;
    const DecoderDescription description = describe_decoder(config);
    if (description.has_encoder || description.vocab_size == 0) continue;
    ++models;
    const std::vector<StepCalls> all = steps_of(config, run, steps());
    ASSERT_EQ(all.size(), 3U);
    for (std::size_t part = 0; part < 2; ++part) {
      const std::vector<StepCalls> alone = steps_of(config, run, steps_of_part(part));
      for (std::size_t s = 0; s < all.size(); ++s) {
        ASSERT_EQ(all[s].size(), alone[s].size());
        ASSERT_EQ(all[s].parts.size(), 2U);
        for (std::size_t i = 0; i < all[s].size(); ++i) {
          const LayerEvent whole = all[s].event(i), event = all[s].part_events(i)[part], own = alone[s].event(i);
          ASSERT_EQ(event.name, own.name);
          ASSERT_EQ(event.seq, whole.seq);
          if (!event.experts.empty()) continue;
          ASSERT_EQ(event.input_shape, own.input_shape) << s << " " << own.name.str();
          ASSERT_EQ(event.output_shape, own.output_shape) << s << " " << own.name.str();
          ASSERT_TRUE(same_slices(event, own)) << s << " " << own.name.str();
        }
      }
    }
  }
  EXPECT_GT(models, 5);
}

/// Eight experts, two of which each of 13 rows goes to: 26 rows, four for the first two and three for each other one.
/// Of four rows the first part, which has nine of the 13, has ⌊4 · 9/13⌋ = 2, of three ⌊3 · 9/13⌋ = 2.
TEST(StepParts, ShareRowsOfExpertsInProportion) {
  const DecoderConfig config = read_model_config(PROJECT_DIR "/scenarios/models/mixtral-8x7b.json");
  DecoderRun run;
  run.prompt_tokens = 16;
  run.output_tokens = 2;
  run.batch = 4;
  run.routing = Routing::balanced;
  const StepCalls step = steps_of(config, run, {steps().front()}).front();
  int experts = 0;
  for (std::size_t i = 0; i < step.size(); ++i) {
    const LayerEvent whole = step.event(i);
    if (whole.experts.size() != 1 || whole.output_shape.rank() != 2) continue;
    const std::vector<LayerEvent> parts = step.part_events(i);
    const std::int64_t rows = whole.output_shape[0];
    EXPECT_TRUE(rows == 3 || rows == 4) << rows;
    EXPECT_EQ(parts[0].output_shape[0], 2);
    EXPECT_EQ(parts[1].output_shape[0], rows - 2);
    ++experts;
  }
  EXPECT_GE(experts, 8 * 32);
}

/// A model's config.json, and the events that are made of it.
#include "fuzz/fuzzing.hpp"
#include "model/decoder_paths.hpp"
#include "model/decoder_source.hpp"
#include "trace/event_check.hpp"
#include "upmem_des/model/family_registry.hpp"

using namespace upmem_des;

namespace {

/// What a description may have for its paths to be written out: they are names, see fuzzing.cpp.
constexpr double most_paths = 1000;
constexpr std::int64_t most_events = 5000;

double paths_of_layers(const DecoderDescription& description) {
  double paths = 0;
  for (const LayerGroup& group : description.groups) paths += path_count(group);
  return paths;
}

void read_events(const DecoderConfig& config, const DecoderRun& run) {
  DecoderDescription description;
  if (!fuzz::accepts([&] { check(run, description = describe_decoder(config)); })) return;
  if (paths_of_layers(description) > most_paths) return;
  fuzz::expect_accepted("a described model", [&] {
    DecoderSource source(config, run);
    StreamCheck check;
    LayerEvent event;
    std::int64_t events = 0;
    while (events < most_events && source.next(event)) {
      const EventProblem problem = check.problem(event);
      if (problem) fuzz::fail("event " + std::to_string(events) + ": " + problem.key + ": " + problem.problem);
      ++events;
    }
    if (events < most_events && source.expected_events())
      fuzz::expect(events == *source.expected_events(), "there are as many events as expected");
  });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  DecoderConfig config;
  const std::string text = fuzz::text_of(data, size);
  if (!fuzz::accepts([&] { config = parse_model_config(text, "model/config.json"); })) return 0;
  for (const std::string& warning : config.warnings) fuzz::expect_one_line(warning);
  DecoderRun run;
  run.prompt_tokens = 5;
  run.output_tokens = 3;
  run.batch = 2;
  read_events(config, run);
  run.attention = Attention::eager;
  run.logits = Logits::last;
  run.sampling = true;
  run.routing = Routing::uniform_random;
  run.call_empty_experts = false;
  read_events(config, run);
  return 0;
}

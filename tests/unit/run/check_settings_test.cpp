/// What a C++ program sets in a scenario counts, or is an error that names it.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <functional>

#include "run/prepared_run.hpp"
#include "scenario/recorded_scenario.hpp"
#include "scenario/scenario_reader.hpp"
#include "support/temporary_folder.hpp"

using namespace upmem_des;
using namespace upmem_des::test;

namespace {

class CheckSettings : public testing::Test {
 protected:
  CheckSettings() {
    ::setenv("UPMEM_DES_DATA", PROJECT_DIR, 1);
    folder_.write("model/config.json",
                  R"({"model_type": "llama", "hidden_size": 64, "intermediate_size": 160, "num_hidden_layers": 2,
                      "num_attention_heads": 4, "num_key_value_heads": 2, "vocab_size": 500})");
    model_ = read("{model: model, prompt_tokens: 6, output_tokens: 3, batch: 2}");
  }

  Scenario read(const std::string& workload) {
    return load_scenario(folder_.write("s.yaml", "workload: " + workload + "\nmapping: {default: H100}\n"));
  }

  static PreparedRun prepared(const Scenario& scenario) {
    return PreparedRun(scenario, [](const std::string&) {});
  }

  std::string problem(Scenario scenario, const std::function<void(Scenario&)>& change) {
    change(scenario);
    return replaced(input_error([&] { prepared(scenario); }), folder_.path("s.yaml"), "F");
  }

  static Scenario recorded() {
    RecordedTrace trace;
    LayerEvent event;
    event.type = Name("Linear");
    event.name = event.path = Name("fc");
    event.id = 0;
    event.input_shape = Shape{4, 10};
    event.weight_shape = Shape{10, 10};
    event.output_shape = Shape{4, 10};
    trace.header.batch = 4;
    trace.events.push_back(event);
    return scenario_for(std::move(trace), {}, "H100");
  }

  TemporaryFolder folder_;
  Scenario model_;
};

}  // namespace

TEST_F(CheckSettings, WhatAModelIsRunWithCounts) {
  Scenario scenario = model_;
  scenario.workload.batch = 8;
  scenario.workload.dtype = NumberFormat::int8;
  scenario.workload.run.output_tokens = 5;
  const PreparedRun run = prepared(scenario);
  EXPECT_EQ(run.workload().header().batch, 8);
  EXPECT_EQ(run.workload().header().dtype, NumberFormat::int8);
  EXPECT_EQ(run.cost_options().dtype, NumberFormat::int8);
  EXPECT_EQ(run.events(), prepared(model_).events() / 3 * 5);
  scenario.workload.batch.reset();
  EXPECT_EQ(prepared(scenario).workload().header().batch, 1);
}

TEST_F(CheckSettings, WithoutAModelNothingOfItMayBeSet) {
  const std::string unused = " has no effect without a model; expected it to be left as it is by default";
  const auto change = [&](const std::function<void(DecoderSettings&)>& set) {
    return problem(recorded(), [&](Scenario& scenario) { set(scenario.workload.run); });
  };
  EXPECT_EQ(change([](DecoderSettings&) {}), "no error");
  EXPECT_EQ(change([](DecoderSettings& run) { run.prompt_tokens = 5; }), "workload.run.prompt_tokens:" + unused);
  EXPECT_EQ(change([](DecoderSettings& run) { run.output_tokens = 5; }), "workload.run.output_tokens:" + unused);
  EXPECT_EQ(change([](DecoderSettings& run) { run.attention = Attention::eager; }), "workload.run.attention:" + unused);
  EXPECT_EQ(change([](DecoderSettings& run) { run.logits = Logits::last; }), "workload.run.logits:" + unused);
  EXPECT_EQ(change([](DecoderSettings& run) { run.sampling = true; }), "workload.run.sampling:" + unused);
  EXPECT_EQ(change([](DecoderSettings& run) { run.routing = Routing::uniform_random; }),
            "workload.run.routing:" + unused);
  EXPECT_EQ(change([](DecoderSettings& run) { run.routing_seed = 1; }), "workload.run.routing_seed:" + unused);
  EXPECT_EQ(change([](DecoderSettings& run) { run.call_empty_experts = false; }),
            "workload.run.call_empty_experts:" + unused);
}

TEST_F(CheckSettings, WorkOfTheHost) {
  for (double SimulationSection::*member :
       {&SimulationSection::step_overhead_us, &SimulationSection::per_sequence_overhead_us}) {
    const std::string key = member == &SimulationSection::step_overhead_us ? "simulation.step_overhead_us"
                                                                           : "simulation.per_sequence_overhead_us";
    const auto change = [&](double value, const char* cost_model) {
      return problem(model_, [&](Scenario& scenario) {
        scenario.simulation.*member = value;
        scenario.simulation.cost_model = cost_model;
        scenario.workload.run.detail = Detail::layers;
      });
    };
    EXPECT_EQ(change(-2, "roofline"), key + ": '-2'; expected a number from 0 to 1000000000");
    EXPECT_EQ(change(1.1e9, "roofline"), key + ": '1100000000'; expected a number from 0 to 1000000000");
    EXPECT_EQ(change(std::nan(""), "roofline"), key + ": 'nan'; expected a number from 0 to 1000000000");
    EXPECT_EQ(change(2, "roofline"), "no error");
    EXPECT_EQ(change(0, "reference"), "no error");
    EXPECT_EQ(change(2, "reference"),
              key + ": 2 does not go with cost model reference; expected 0, or cost_model: roofline");
  }
}

TEST_F(CheckSettings, KernelsAreOfModelsThatAreDescribed) {
  const auto kernels = [](Scenario& scenario) { scenario.workload.run.detail = Detail::kernels; };
  EXPECT_EQ(problem(model_, kernels), "no error");
  EXPECT_EQ(problem(recorded(), kernels),
            "workload.run.detail: has no effect without a model; expected it to be left as it is by default");
  EXPECT_EQ(
      problem(model_,
              [&](Scenario& scenario) {
                kernels(scenario);
                scenario.simulation.cost_model = "reference";
              }),
      "workload.run.detail: kernels do not go with cost model reference; expected layers, or cost_model: roofline");
  EXPECT_EQ(problem(read("{model: model, profile: true, prompt_tokens: 6, output_tokens: 3, batch: 2}"),
                    [&](Scenario& scenario) {
                      kernels(scenario);
                      std::get<DecoderRequest>(scenario.workload.profile->network).run.detail = Detail::kernels;
                    }),
            "F:1: workload.run.detail: kernels of a model that is profiled; expected layers, or no profile");
}

TEST_F(CheckSettings, ATracesBatchIsItsOwn) {
  EXPECT_EQ(problem(recorded(), [](Scenario& scenario) { scenario.workload.batch = 4; }), "no error");
  EXPECT_EQ(problem(recorded(), [](Scenario& scenario) { scenario.workload.batch = 8; }),
            "workload.batch: 8 rows, but the trace was recorded with 4; expected the trace's or no batch");
}

TEST_F(CheckSettings, OneWorkload) {
  EXPECT_EQ(problem(model_, [](Scenario& scenario) { scenario.workload.trace = "t.jsonl"; }),
            "F:1: workload: has both model and trace; expected one of them");
  EXPECT_EQ(problem(model_, [](Scenario& scenario) { scenario.workload.recorded = recorded().workload.recorded; }),
            "F:1: workload: has both model and recorded; expected one of them");
  EXPECT_EQ(problem(model_, [](Scenario& scenario) { scenario.workload.profile.emplace(); }),
            "F:1: workload: has both model and profile of a TorchScript file; expected one of them");
  EXPECT_EQ(problem(model_, [](Scenario& scenario) { scenario.workload.model.clear(); }),
            "F:1: workload: nothing to run; expected a model, a trace, a profile or recorded");
  EXPECT_EQ(problem(model_, [](Scenario& scenario) { scenario.workload.profiled = std::make_shared<UnnamedFile>(); }),
            "F:1: workload.profiled: a trace of no profile; expected workload.profile with it");
  EXPECT_EQ(problem(model_, [](Scenario& scenario) { scenario.workload.last_layer.clear(); }),
            "F:1: workload.last_layer: empty; expected the layer that ends a forward pass");
}

TEST_F(CheckSettings, AProfiledModelIsToldOnce) {
  const Scenario scenario = read("{model: model, profile: true, prompt_tokens: 6, output_tokens: 3, batch: 2}");
  const auto change = [&](const std::function<void(Workload&)>& set) {
    return problem(scenario, [&](Scenario& changed) { set(changed.workload); });
  };
  EXPECT_EQ(change([](Workload& workload) { workload.batch = 8; }),
            "F:1: workload.profile.run.batch: is not what decoder_run() makes of workload.batch; expected the same");
  EXPECT_EQ(change([](Workload& workload) { workload.dtype = NumberFormat::float16; }),
            "F:1: workload.profile.run.dtype: is not what decoder_run() makes of workload.dtype; expected the same");
  EXPECT_EQ(change([](Workload& workload) { workload.run.output_tokens = 8; }),
            "F:1: workload.profile.run.output_tokens: is not workload.run.output_tokens; expected the same");
  EXPECT_EQ(change([](Workload& workload) {
              workload.run.prompts = {6, 4};
            }),
            "F:1: workload.run.prompts: given, but libtorch runs prompts of one length; expected none with a profile");
  EXPECT_EQ(change([](Workload& workload) { workload.model = "other"; }),
            "F:1: workload.profile.folder: '" + folder_.path("model") +
                "' is not workload.model, 'other'; expected the "
                "same");
}

TEST_F(CheckSettings, RangesAndSchedules) {
  const auto change = [&](const std::function<void(SimulationSection&)>& set) {
    return problem(model_, [&](Scenario& scenario) { set(scenario.simulation); });
  };
  EXPECT_EQ(change([](SimulationSection& section) { section.schedule = "dateflow"; }),
            "simulation.schedule: 'dateflow'; expected one of sequential, dataflow; did you mean 'dataflow'?");
  EXPECT_EQ(change([](SimulationSection& section) { section.chunks = 2; }),
            "simulation.chunks: needs simulation.schedule: dataflow; expected that, or 1 with sequential");
  EXPECT_EQ(change([](SimulationSection& section) { section.microbatches = 2; }),
            "simulation.microbatches: needs simulation.schedule: dataflow; expected that, or 1 with sequential");
  EXPECT_EQ(
      change([](SimulationSection& section) { section.prefetch_weights = true; }),
      "simulation.prefetch_weights: needs simulation.schedule: dataflow; expected that, or false with sequential");
  const auto buffer = [&](double buffer_MB, bool fetches = true) {
    return change([&](SimulationSection& section) {
      section.schedule = "dataflow";
      section.prefetch_weights = fetches;
      section.prefetch_buffer_MB = buffer_MB;
    });
  };
  const std::string member = "simulation.prefetch_buffer_MB: ";
  EXPECT_EQ(buffer(8, false), member + "a buffer for nothing; expected simulation.prefetch_weights with it");
  for (const auto& [bad, shown] : {std::pair(0.0, "0"), std::pair(-1.0, "-1"), std::pair(1e10, "10000000000"),
                                   std::pair(HUGE_VAL, "inf"), std::pair(std::nan(""), "nan")})
    EXPECT_EQ(buffer(bad), member + "'" + shown + "'; expected a number from 1e-06 to 1000000000");
  EXPECT_EQ(change([](SimulationSection& section) { section.chunks = 0; }),
            "simulation.chunks: '0'; expected a whole number from 1 to 1024");
  EXPECT_EQ(change([](SimulationSection& section) { section.microbatches = 5000; }),
            "simulation.microbatches: '5000'; expected a whole number from 1 to 4096");
  EXPECT_EQ(change([](SimulationSection& section) { section.interleave = 0; }),
            "simulation.interleave: '0'; expected a whole number from 1 to 4096");
  EXPECT_EQ(change([](SimulationSection& section) { section.interleave = 2; }),
            "simulation.interleave: needs simulation.schedule: dataflow; expected that, or 1 with sequential");
  EXPECT_EQ(change([](SimulationSection& section) {
              section.schedule = "dataflow";
              section.interleave = section.chunks = 2;
            }),
            "simulation.interleave: does not go with chunks above 1; expected one of the two");
  EXPECT_EQ(change([](SimulationSection& section) { section.num_key_value_heads = 0; }),
            "simulation.num_key_value_heads: '0'; expected a whole number from 1 to 1000000000");
  EXPECT_EQ(change([](SimulationSection& section) { section.sliding_window = -1; }),
            "simulation.sliding_window: '-1'; expected a whole number from 1 to 1000000000");
  const auto moe = [&](const std::string& end, std::int64_t experts) {
    return problem(model_, [&](Scenario& scenario) { scenario.moe = MoeSection{end, experts, {}}; });
  };
  EXPECT_EQ(moe("", 2), "moe.end: empty; expected a layer's name");
  EXPECT_EQ(moe("x", 0), "moe.experts_per_token: '0'; expected a whole number from 1 to 10000");
  EXPECT_EQ(problem(model_, [](Scenario& scenario) { scenario.workload.batch = 0; }),
            "F:1: workload.batch: '0'; expected a whole number from 1 to 1000000");
}

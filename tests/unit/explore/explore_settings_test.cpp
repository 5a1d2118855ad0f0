#include "explore/explore_settings.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scenario/scenario_reader.hpp"
#include "upmem_des/util/error.hpp"

using namespace upmem_des;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

namespace {

using Choices = std::vector<std::pair<std::string, std::string>>;

ExploreOffer offer_of(const std::string& scenario) {
  return explore_offer(load_scenario(std::string(PROJECT_DIR "/scenarios/") + scenario));
}

const ExploreOffer& one_device() {
  static const ExploreOffer offer = offer_of("llama-2-7b_4chip.yaml");
  return offer;
}

std::vector<std::string> settings(const Choices& choices, const ExploreOffer& offer = one_device()) {
  return explore_settings(ExploreChoices(choices), offer);
}

std::string refusal(const Choices& choices, const ExploreOffer& offer = one_device()) {
  try {
    settings(choices, offer);
  } catch (const InputError& error) {
    return error.what();
  }
  return "no error";
}

}  // namespace

TEST(ExploreOfferTest, WhatTheScenarioSays) {
  const ExploreOffer& offer = one_device();
  EXPECT_EQ(offer.model, "models/llama-2-7b.json");
  EXPECT_EQ(offer.device, "PIM_AI_4chip");
  EXPECT_EQ(offer.platform, "");
  EXPECT_EQ(offer.batch, "1");
  EXPECT_EQ(offer.prompt_tokens, "64");
  EXPECT_EQ(offer.output_tokens, "16");
  EXPECT_EQ(offer.dtype, "bfloat16");
  EXPECT_THAT(offer.models, Contains("models/mixtral-8x7b.json"));
  ASSERT_EQ(offer.moved.size(), 1U);
  EXPECT_EQ(offer.moved[0].key, "mapping.lm_head");
  EXPECT_EQ(offer.moved[0].flags, "t");
}

TEST(ExploreOfferTest, AMachineForEachGroupOfAPlatform) {
  std::vector<std::string> names;
  for (const OfferedMachine& machine : one_device().machines) names.push_back(machine.name);
  EXPECT_THAT(names, Contains("gpu_server.yaml"));
  EXPECT_THAT(names, Contains("gpu_pim.yaml gpu"));
  EXPECT_THAT(names, Contains("gpu_pim.yaml dimm"));
}

TEST(ExploreOfferTest, AScenarioOnAPlatform) {
  const ExploreOffer offer = offer_of("machines/llama-2-13b_parallel.yaml");
  ASSERT_TRUE(offer.own_group);
  EXPECT_EQ(offer.own_group->count, 8U);
  ASSERT_TRUE(offer.parallel);
  EXPECT_EQ(offer.parallel->tensor, 2);
  EXPECT_FALSE(offer_of("machines/llama-2-7b_gpu-and-pim.yaml").own_group);
}

TEST(ExploreOfferTest, WhatIsNotExplored) {
  const auto problem = [](const std::string& scenario) -> std::string {
    try {
      check_explored(load_scenario(std::string(PROJECT_DIR "/scenarios/") + scenario));
    } catch (const InputError& error) {
      return error.what();
    }
    return "no error";
  };
  EXPECT_EQ(problem("llama-2-7b_4chip.yaml"), "no error");
  EXPECT_THAT(problem("serving/one_gpu.yaml"),
              HasSubstr("one_gpu.yaml: workload.requests: is not explored; expected one batch, or upmem-des run"));
}

TEST(ExploreSettingsTest, NothingChosenSetsNothing) {
  EXPECT_THAT(settings({}), IsEmpty());
}

TEST(ExploreSettingsTest, SizesAndFormats) {
  EXPECT_THAT(settings({{"kv_dtype", "fp8"}, {"batch", "8"}, {"prompt_tokens", "[5, 6]"}, {"weight_dtype", "int4"}}),
              ElementsAre("workload.batch=8", "workload.prompt_tokens=[5, 6]", "workload.weight_dtype=int4",
                          "workload.kv_dtype=fp8"));
}

TEST(ExploreSettingsTest, ADeviceTakesThePlaceOfTheDefaultWhereverItIsNamed) {
  EXPECT_THAT(settings({{"device", "H100_80GB_SXM"}}),
              ElementsAre("mapping.default=H100_80GB_SXM", "mapping.lm_head=H100_80GB_SXM,t"));
}

TEST(ExploreSettingsTest, AMachineTakesThePlaceOfTheMapping) {
  EXPECT_THAT(settings({{"machine", "gpu_server.yaml"}, {"tp", "4"}}),
              ElementsAre("platform=gpu_server.yaml", "mapping={}", "parallel={tp: 4, devices: \"gpu[0..3]\"}"));
  EXPECT_THAT(settings({{"machine", "gpu_server.yaml"}}),
              ElementsAre("platform=gpu_server.yaml", "mapping={}", "parallel={devices: \"gpu[0]\"}"));
  EXPECT_THAT(settings({{"machine", "gpu_server.yaml"}, {"tp", "4"}, {"pp", "2"}, {"ep", "2"}, {"device", "A100_80GB"}},
                       [] {
                         ExploreOffer offer = one_device();
                         offer.devices.push_back({"A100_80GB", 1, 1, {}});
                         return offer;
                       }()),
              ElementsAre("platform=gpu_server.yaml", "platform.devices.gpu.architecture=A100_80GB", "mapping={}",
                          "parallel={tp: 4, pp: 2, ep: 2, devices: \"gpu\"}"));
  // A group of one has no index.
  EXPECT_THAT(settings({{"machine", "one_device.yaml"}}), Contains("parallel={devices: \"PIM_AI_4chip\"}"));
}

TEST(ExploreSettingsTest, AxesOfTheScenariosOwn) {
  const ExploreOffer offer = offer_of("machines/llama-2-13b_parallel.yaml");
  EXPECT_THAT(settings({{"tp", "4"}, {"pp", "1"}}, offer), ElementsAre("parallel.tp=4", "parallel.pp=1"));
  EXPECT_THAT(settings({{"device", "H200"}},
                       [&] {
                         ExploreOffer more = offer;
                         more.devices.push_back({"H200", 1, 1, {}});
                         return more;
                       }()),
              ElementsAre("platform.devices.gpu.architecture=H200"));
}

TEST(ExploreSettingsTest, WhatIsNotOffered) {
  EXPECT_THAT(refusal({{"model", "../../etc/passwd"}}),
              HasSubstr("model: '../../etc/passwd'; expected one of models/bert-base.json"));
  EXPECT_THAT(refusal({{"machine", "/tmp/mine.yaml"}}), HasSubstr("machine: '/tmp/mine.yaml'; expected one of "));
  EXPECT_THAT(refusal({{"device", "PIM-AI-4chop"}}), HasSubstr("device: 'PIM-AI-4chop'; expected one of "));
  EXPECT_THAT(refusal({{"device", "PIM-AI-4chop"}}), HasSubstr("did you mean 'PIM_AI_4chip'?"));
  EXPECT_THAT(refusal({{"dtype", "int9"}}), HasSubstr("dtype: 'int9'; expected one of "));
  EXPECT_EQ(refusal({{"tp", "2"}}), "tp: the scenario lays out nothing in parallel; expected another machine");
  EXPECT_EQ(refusal({{"device", "H100_80GB_SXM"}}, offer_of("machines/llama-2-7b_gpu-and-pim.yaml")),
            "device: the scenario's machine has several kinds of devices; expected another machine");
}

TEST(ExploreSettingsTest, AxesAreWholeNumbers) {
  for (const char* const bad : {"0", "-1", "1.5", "x", "4097", "99999999999999999999", "1, devices: HOST", ""})
    EXPECT_EQ(refusal({{"machine", "gpu_server.yaml"}, {"tp", bad}}),
              "tp: '" + std::string(bad) + "'; expected a whole number from 1 to 4096");
  EXPECT_EQ(refusal({{"machine", "gpu_server.yaml"}, {"tp", "4096"}, {"pp", "4096"}}),
            "pp: '4096'; expected a whole number from 1 to 4096");
}

TEST(ExploreSettingsTest, TheControlThatAMessageIsAbout) {
  EXPECT_EQ(control_of("--set: workload.batch: '0'; expected a whole number from 1 to 1000000"), "batch");
  EXPECT_EQ(control_of("--set: workload.weight_dtype: unknown"), "weight_dtype");
  EXPECT_EQ(control_of("--set: parallel.tp: '3'"), "tp");
  EXPECT_EQ(control_of("--set: platform.devices.gpu.architecture: unknown device"), "device");
  EXPECT_EQ(control_of("request: choices.batch: is 8"), "batch");
  EXPECT_EQ(control_of("tp: '0'; expected"), "tp");
  EXPECT_EQ(control_of("capacity: PIM_AI_4chip needs 4490 GB"), "device");
  EXPECT_EQ(control_of("scenario.yaml:3: workload.model: no such file"), "");
}

#include "profile/profile_json.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "upmem_des/util/error.hpp"

using namespace upmem_des;
using testing::StartsWith;

namespace {

template <class Call>
std::string failure(Call&& call) {
  try {
    call();
  } catch (const SimulationError& error) {
    return error.what();
  }
  return "no error";
}

}  // namespace

TEST(ProfileJsonTest, AScriptRequestReadsBack) {
  ScriptRequest script;
  script.file = "caf\xc3\xa9/\xff\x80.pt";
  script.inputs = {parse_input("1x3x32x32", {}), parse_input("2x7:int64:0..49", {}),
                   parse_input("{a=[none,int:3],b=str:\xff\x01\xc3\xa4}", {})};
  script.operator_libraries = {"one.so", "caf\xc3\xa9/\xff.so"};
  script.repeat = 5;
  script.warmup = 2;
  ProfileRequest request;
  request.network = script;
  request.seed = UINT64_MAX;
  request.sim_compute = true;
  request.threads = 3;
  const ProfileRequest again = parse_profile_request(to_json(request));
  EXPECT_EQ(again.seed, UINT64_MAX);
  EXPECT_TRUE(again.sim_compute);
  EXPECT_EQ(again.threads, 3);
  const auto& read = std::get<ScriptRequest>(again.network);
  EXPECT_EQ(read.file, script.file);
  ASSERT_EQ(read.inputs.size(), 3U);
  EXPECT_EQ(to_string(read.inputs[0]), "1x3x32x32");
  EXPECT_EQ(to_string(read.inputs[1]), "2x7:int64:0..49");
  EXPECT_EQ(to_string(read.inputs[2]), "{a=[none,int:3],b=str:\xff\x01\xc3\xa4}");
  EXPECT_EQ(read.operator_libraries, script.operator_libraries);
  EXPECT_EQ(read.repeat, 5);
  EXPECT_EQ(read.warmup, 2);
}

TEST(ProfileJsonTest, ADecoderRequestReadsBack) {
  DecoderRequest decoder;
  decoder.folder = "some/model";
  decoder.run.prompt_tokens = 9;
  decoder.run.output_tokens = 4;
  decoder.run.attention = Attention::eager;
  decoder.run.logits = Logits::last;
  decoder.run.sampling = true;
  decoder.run.routing = Routing::zipf;
  decoder.run.routing_seed = 77;
  decoder.run.routing_exponent = 1.5;
  decoder.run.call_empty_experts = false;
  decoder.run.batch = 3;
  decoder.run.dtype = NumberFormat::float16;
  decoder.route_by_rule = true;
  decoder.sampling = {0.1, 40, 0.95};
  decoder.prompt = "How to prepare coffee?\n\"\xe2\x82\xac\"";
  decoder.prompt_ids = {1, 319, 0};
  decoder.prompt_ids_file = "ids.txt";
  decoder.warmup = 1;
  ProfileRequest request;
  request.network = decoder;
  const ProfileRequest again = parse_profile_request(to_json(request));
  EXPECT_EQ(again.seed, 0U);
  EXPECT_FALSE(again.sim_compute);
  const auto& read = std::get<DecoderRequest>(again.network);
  EXPECT_EQ(read.folder, "some/model");
  EXPECT_EQ(read.run.prompt_tokens, 9);
  EXPECT_EQ(read.run.output_tokens, 4);
  EXPECT_EQ(read.run.batch, 3);
  EXPECT_EQ(read.run.dtype, NumberFormat::float16);
  EXPECT_EQ(read.run.attention, Attention::eager);
  EXPECT_EQ(read.run.logits, Logits::last);
  EXPECT_TRUE(read.run.sampling);
  EXPECT_EQ(read.run.routing, Routing::zipf);
  EXPECT_EQ(read.run.routing_seed, 77U);
  EXPECT_EQ(read.run.routing_exponent, 1.5);
  EXPECT_FALSE(read.run.call_empty_experts);
  EXPECT_TRUE(read.route_by_rule);
  EXPECT_EQ(read.sampling.temperature, 0.1);
  EXPECT_EQ(read.sampling.top_k, 40);
  EXPECT_EQ(read.sampling.top_p, 0.95);
  EXPECT_EQ(read.prompt, decoder.prompt);
  EXPECT_EQ(read.prompt_ids, decoder.prompt_ids);
  EXPECT_EQ(read.prompt_ids_file, "ids.txt");
  EXPECT_EQ(read.warmup, 1);
}

TEST(ProfileJsonTest, AReplyReadsBack) {
  ProfileReply reply;
  reply.phases[0] = {0.1, 1, CpuEnergy{2.5, 0.3}};
  reply.phases[1] = {1.0 / 3, 15, std::nullopt};
  reply.events = 123'456'789'012;
  reply.events_s = 0.4321;
  reply.sim_compute = true;
  reply.random_weights = true;
  reply.threads = 8;
  reply.cpu = "A CPU @ 3 GHz";
  reply.libtorch = "1.13.1";
  reply.no_energy = "\xb5 not good UTF-8";
  reply.token_ids = {{1, 2, 3}, {}, {-1}};
  reply.texts = {"caf\xc3\xa9\n", ""};
  reply.warnings = {"a: b"};
  const ProfileReply again = parse_profile_reply(to_json(reply));
  EXPECT_EQ(again.phases[0].time_s, 0.1);
  EXPECT_EQ(again.phases[0].passes, 1);
  ASSERT_TRUE(again.phases[0].energy);
  EXPECT_EQ(again.phases[0].energy->package_J, 2.5);
  EXPECT_EQ(again.phases[0].energy->dram_J, 0.3);
  EXPECT_EQ(again.phases[1].time_s, 1.0 / 3);
  EXPECT_EQ(again.phases[1].passes, 15);
  EXPECT_FALSE(again.phases[1].energy);
  EXPECT_EQ(again.events, 123'456'789'012);
  EXPECT_EQ(again.events_s, 0.4321);
  EXPECT_TRUE(again.sim_compute);
  EXPECT_TRUE(again.random_weights);
  EXPECT_EQ(again.threads, 8);
  EXPECT_EQ(again.cpu, reply.cpu);
  EXPECT_EQ(again.libtorch, "1.13.1");
  EXPECT_EQ(again.no_energy, reply.no_energy);
  EXPECT_EQ(again.token_ids, reply.token_ids);
  EXPECT_EQ(again.texts, reply.texts);
  EXPECT_EQ(again.warnings, reply.warnings);
}

TEST(ProfileJsonTest, WhatIsNoMessage) {
  const std::string good = to_json(ProfileReply());
  for (const std::string& bad : {std::string(), std::string("hello"), good.substr(0, good.size() - 1),
                                 std::string("{}"), std::string("[1]"), std::string("{\"phases\": [1]}")}) {
    EXPECT_THAT(failure([&] { parse_profile_reply(bad); }),
                StartsWith("an answer of the profiler that cannot be read: "))
        << bad;
    EXPECT_THAT(failure([&] { parse_profile_request(bad); }), StartsWith("a request that cannot be read: ")) << bad;
  }
  EXPECT_EQ(failure([&] { parse_profile_reply("{\"phases\": [1]}"); }),
            "an answer of the profiler that cannot be read: phases: a list of 1; expected 2");
  DecoderRequest decoder;
  ProfileRequest request;
  request.network = decoder;
  std::string wrong = to_json(request);
  wrong.replace(wrong.find("\"sdpa\""), 6, "\"none\"");
  EXPECT_EQ(failure([&] { parse_profile_request(wrong); }),
            "a request that cannot be read: model.attention: an unknown value");
}

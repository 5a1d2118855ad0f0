/// Every message that a wrong section parallel, wrong shares and wrong replicas give, in full.
#include "scenario_errors.hpp"

using namespace upmem_des;
using namespace upmem_des::test;

TEST_F(ScenarioErrors, Parallel) {
  const std::string range = "; expected a whole number from 1 to 1000000";
  expect_messages(
      trace + "platform: gpu_server.yaml\nparallel: ",
      {
          {"\n", "F:3: parallel: nothing; expected a mapping of keys to values"},
          {"8\n", "F:3: parallel: '8'; expected a mapping of keys to values"},
          {"{tp: 0}\n", "F:3: parallel.tp: '0'" + range},
          {"{pp: -1}\n", "F:3: parallel.pp: '-1'" + range},
          {"{dp: 1000001}\n", "F:3: parallel.dp: '1000001'" + range},
          {"{dp: 1.5}\n", "F:3: parallel.dp: '1.5'" + range},
          {"{tp: .inf}\n", "F:3: parallel.tp: '.inf'" + range},
          {"{tp: [2]}\n", "F:3: parallel.tp: a list" + range},
          {"{tp: 2, cp: 0}\n", "F:3: parallel.cp: '0'" + range},
          {"{tpp: 2}\n",
           "F:3: parallel.tpp: unknown key; expected one of tp, pp, dp, ep, cp, sequence_parallel, order, devices, "
           "shares; did you mean "
           "'tp'?"},
          {"{dp: 2, sequence_parallel: true}\n",
           "F:3: parallel.sequence_parallel: true with tp: 1; expected tp above 1, whose devices share the tokens, or "
           "false"},
          {"{tp: 2, sequence_parallel: 2}\n", "F:3: parallel.sequence_parallel: '2'; expected true or false"},
          {"{tp: 4, dp: 2, ep: 3}\n",
           "F:3: parallel.ep: 3 does not divide the tp · cp · dp = 8 devices of a stage; expected a divisor of 8"},
          {"{tp: 4, dp: 2, ep: 16}\n",
           "F:3: parallel.ep: 16 does not divide the tp · cp · dp = 8 devices of a stage; expected a divisor of 8"},
          {"{tp: 4, ep: 0}\n", "F:3: parallel.ep: '0'" + range},
          {"{tp: 4, ep: .inf}\n", "F:3: parallel.ep: '.inf'" + range},
          {"{tp: 4, pp: 2, order: [tp, dp]}\n", "F:3: parallel.order: pp: 2 is missing; expected every axis above 1"},
          {"{tp: 4, order: [tp, dp, tp]}\n", "F:3: parallel.order[2]: tp a second time; expected each axis once"},
          {"{tp: 4, order: [tp, dp, xp]}\n",
           "F:3: parallel.order[2]: unknown value 'xp'; expected one of tp, cp, dp, pp; did you mean 'tp'?"},
          {"{tp: 4, devices: 'gpu,t'}\n", "F:3: parallel.devices: 'gpu,t' has a comma; expected devices joined by '+'"},
          {"{tp: 2, shares: [1, 2, 3]}\n", "F:3: parallel.shares: 3 shares for tp: 2; expected 2"},
          {"{tp: 2, shares: [0, 0]}\n",
           "F:3: parallel.shares: a sum of 0; expected a share above 0 for one device at least"},
          {"{tp: 2, shares: [1, -1]}\n", "F:3: parallel.shares[1]: '-1'; expected a number from 0 to 1000000000"},
          {"{tp: 2, shares: []}\n",
           "F:3: parallel.shares: no shares; expected a number for each device such as [3, 1], or by_rate"},
          {"{tp: 2, shares: by_rates}\n",
           "F:3: parallel.shares: no shares; expected a number for each device such as [3, 1], or by_rate; did you "
           "mean "
           "'by_rate'?"},
          {"{tp: 2}\nmapping: {default: gpu}\n",
           "F:4: mapping.default: beside parallel, which lays this out; expected names and types of layers only, or "
           "no parallel"},
          {"{tp: 2}\nmapping: {decode: {layers: {0..1: gpu}}}\n",
           "F:4: mapping.decode.layers.0..1: beside parallel, which lays this out; expected names and types of layers "
           "only, or no parallel"},
          {"{tp: 2}\nmapping: {experts: gpu}\n",
           "F:4: mapping.experts: beside parallel, which lays this out; expected names and types of layers only, or "
           "no parallel"},
          {"{tp: 2}\nsimulation: {cost_model: reference}\n",
           "F:3: parallel: does not go with cost model reference; expected mapping, or cost_model: roofline"},
      });
  EXPECT_EQ(error(trace + "parallel: {tp: 2}\n"),
            "F:2: parallel: without a platform; expected one under platform:, whose devices it lays out");
}

TEST_F(ScenarioErrors, GroupsOfExperts) {
  const std::string range = "; expected a whole number from 1 to 1000000";
  expect_messages(
      trace + "mapping:\n",
      {
          {"  experts: {devices: HOST, groups: 0}\n", "F:3: mapping.experts.groups: '0'" + range},
          {"  experts: {devices: HOST, groups: -2}\n", "F:3: mapping.experts.groups: '-2'" + range},
          {"  experts: {devices: HOST, groups: 1000001}\n", "F:3: mapping.experts.groups: '1000001'" + range},
          {"  experts: {devices: HOST, groups: two}\n", "F:3: mapping.experts.groups: 'two'" + range},
          {"  w1: {devices: HOST, split: tensor, groups: 2}\n",
           "F:3: mapping.w1.groups: groups among which experts are dealt out, with split: tensor; expected "
           "split: experts, or no groups"},
      });
}

TEST_F(ScenarioErrors, ReplicasAndShares) {
  expect_messages(
      trace + "mapping:\n",
      {
          {"  q_proj: {devices: HOST, replicas: 0}\n",
           "F:3: mapping.q_proj.replicas: '0'; expected a whole number from 1 to 1000000"},
          {"  q_proj: {devices: HOST, replicas: two}\n",
           "F:3: mapping.q_proj.replicas: 'two'; expected a whole number from 1 to 1000000"},
          {"  q_proj: {devices: HOST, split: experts, replicas: 2}\n",
           "F:3: mapping.q_proj.replicas: groups of devices that share the rows, with split: experts; expected split: "
           "tensor, or no replicas"},
          {"  q_proj: {devices: HOST, split: experts, shares: [1]}\n",
           "F:3: mapping.q_proj.shares: shares with split: experts, which are whole; expected split: tensor or "
           "replicas"},
          {"  q_proj: {devices: HOST, shares: 3}\n",
           "F:3: mapping.q_proj.shares: no shares; expected a number for each device such as [3, 1], or by_rate"},
          {"  q_proj: {devices: HOST, shares: [.nan]}\n",
           "F:3: mapping.q_proj.shares[0]: '.nan'; expected a number from 0 to 1000000000"},
          {"  q_proj: {devices: HOST, shares: [1e10]}\n",
           "F:3: mapping.q_proj.shares[0]: '1e10'; expected a number from 0 to 1000000000"},
          {"  q_proj: {devices: HOST, shares: [0]}\n",
           "F:3: mapping.q_proj.shares: a sum of 0; expected a share above 0 for one device at least"},
      });
}

/// Machines, mappings and workloads of every sort, for laws that hold for all of them.
#pragma once

#include <ostream>

namespace upmem_des::test {

struct LawCase {
  const char* name;
  const char* platform;
  const char* mapping;
  const char* workload;

  friend std::ostream& operator<<(std::ostream& out, const LawCase& one) { return out << one.name; }
};

constexpr const char* llama = "model: models/llama-2-7b.json, prompt_tokens: 32, output_tokens: 3";
constexpr const char* grouped = "model: models/llama-3.1-8b.json, prompt_tokens: 32, output_tokens: 3, batch: 4";
constexpr const char* eager = "model: models/llama-2-7b.json, prompt_tokens: 16, output_tokens: 2, attention: eager";
constexpr const char* mixtral =
    "model: models/mixtral-8x7b.json, prompt_tokens: 16, output_tokens: 3, call_empty_experts: false, sampling: true";

constexpr const char* four = "devices: [{name: dev, architecture: DEV, count: 4}]\n";
constexpr const char* behind_a_channel =
    "links: [{name: channel, bw_GBs: 12, pj_per_bit: 3, latency_ns: 100, duplex: half, count: 2}]\n"
    "devices: [{name: dev, architecture: DEV, count: 4, under: channel, broadcast: true}]\n";
constexpr const char* ring =
    "devices: [{name: dev, architecture: DEV, count: 4}]\n"
    "networks: [{name: net, between: dev, topology: ring, bw_GBs: 30, pj_per_bit: 2, latency_ns: 50}]\n";

constexpr LawCase law_cases[] = {
    {"OneDevice", four, "default: 'dev[0]'", llama},
    {"TwoPlainDevices", four, "default: 'dev[0]', lm_head: 'dev[1],t', down_proj: 'dev[2]'", llama},
    {"TensorByWayOfTheHost", behind_a_channel, "default: dev", grouped},
    {"TensorAsARing", ring, "default: dev", grouped},
    {"TensorOverThree", ring, "default: 'dev[0..2]'", eager},
    {"Replicas", behind_a_channel, "default: {devices: dev, split: replicas}", grouped},
    {"Grid", ring, "default: {devices: dev, replicas: 2}", grouped},
    {"GridByWayOfTheHost", behind_a_channel, "default: {devices: dev, replicas: 2, shares: [2, 1]}", grouped},
    {"UnevenShares", ring, "default: {devices: 'dev[0..2]', shares: [3, 0.5, 2]}", grouped},
    {"Stages", ring, "default: 'dev[3]', layers: {0..15: 'dev[0]', 16..31: 'dev[1..2]'}", grouped},
    {"StagesOfReplicas", ring,
     "default: {devices: 'dev[0..1]', split: replicas}, layers: {0..15: {devices: 'dev[0..1]', split: replicas}, "
     "16..31: {devices: 'dev[2..3]', split: replicas}}",
     grouped},
    {"ExpertsBesideAGrid", ring, "default: {devices: dev, replicas: 2}, experts: dev", mixtral},
    {"Experts", behind_a_channel, "default: 'dev[0]', experts: dev", mixtral},
    {"ExpertsBroadcast", behind_a_channel, "default: 'dev[0]', experts: {devices: dev, flags: m}", mixtral},
    {"ExpertsOnARing", ring, "default: 'dev[0..1]', experts: dev", mixtral},
    {"Phases", ring, "prefill: {default: 'dev[0]'}, decode: {default: 'dev[1..3]'}", grouped},
    {"PhasesOfGrids", ring,
     "prefill: {default: {devices: dev, replicas: 2}}, decode: {default: 'dev[0]+dev[2]+dev[1]'}", grouped},
    {"PhasesByWayOfTheHost", behind_a_channel,
     "prefill: {default: {devices: 'dev[0..1]', split: replicas}}, decode: {default: 'dev[1..3]'}", grouped},
};

}  // namespace upmem_des::test

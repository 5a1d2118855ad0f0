// Pairs of benchmarks: a network whose layers take 100 µs or more, run alone and under the profiler. The profiled one
// also tells which part of the forward passes its events cover.
#include <benchmark/benchmark.h>

#include <chrono>

#include "profiler/profiler.hpp"

namespace {

namespace nn = torch::nn;

constexpr std::int64_t width = 1024;
constexpr std::int64_t rows = 16;
constexpr int layers = 12;

nn::Sequential make_network() {
  torch::manual_seed(0);
  nn::Sequential network;
  for (int i = 0; i < layers; ++i) {
    network->push_back(nn::Linear(width, width));
    network->push_back(nn::ReLU());
  }
  return network;
}

void forward_alone(benchmark::State& state) {
  const torch::NoGradGuard no_gradients;
  nn::Sequential network = make_network();
  const torch::Tensor input = torch::rand({rows, width});
  network->forward(input);
  for (auto _ : state) benchmark::DoNotOptimize(network->forward(input));
}
BENCHMARK(forward_alone)->Unit(benchmark::kMillisecond)->UseRealTime();

void forward_profiled(benchmark::State& state) {
  const torch::NoGradGuard no_gradients;
  nn::Sequential network = make_network();
  const torch::Tensor input = torch::rand({rows, width});
  network->forward(input);
  upmem_des::Profiler profiler;
  profiler.start(*network);
  double forward_s = 0;
  for (auto _ : state) {
    const auto start = std::chrono::steady_clock::now();
    benchmark::DoNotOptimize(network->forward(input));
    forward_s += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    profiler.next_pass();
  }
  double events_s = 0;
  for (const upmem_des::LayerEvent& event : profiler.end().events) events_s += *event.duration_ns * 1e-9;
  state.counters["coverage"] = events_s / forward_s;
}
BENCHMARK(forward_profiled)->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace

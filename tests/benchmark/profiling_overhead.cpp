// Pairs of benchmarks: networks whose layers take 50 µs to 1 ms, run alone and under the profiler, once with
// torch::nn modules and once as TorchScript. The profiled ones also tell which part of the forward passes their events
// cover.
#include <benchmark/benchmark.h>
#include <torch/script.h>

#include <chrono>
#include <string>

#include "profiler/script/script_run.hpp"
#include "upmem_des/profiler/profiler.hpp"

namespace {

using upmem_des::LayerEvent;
namespace nn = torch::nn;

constexpr std::int64_t rows = 16;
constexpr int layers = 12;

torch::Tensor make_input(std::int64_t width) {
  torch::manual_seed(0);
  return torch::rand({rows, width});
}

/// Each benchmark with products of 384 x 384, 512 x 512 and 1024 x 1024.
void sizes(benchmark::internal::Benchmark* pair) {
  pair->ArgName("width")->Arg(384)->Arg(512)->Arg(1024)->Unit(benchmark::kMillisecond)->UseRealTime();
}

/// The sum of the events' durations over that of the passes.
class Coverage {
 public:
  template <class Forward>
  void pass(const Forward& forward) {
    const auto start = std::chrono::steady_clock::now();
    benchmark::DoNotOptimize(forward());
    passes_s_ += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  }
  void add(const std::vector<LayerEvent>& events) {
    for (const LayerEvent& event : events) events_s_ += *event.duration_ns * 1e-9;
  }
  double value() const { return events_s_ / passes_s_; }

 private:
  double passes_s_ = 0;
  double events_s_ = 0;
};

nn::Sequential make_modules(std::int64_t width) {
  nn::Sequential network;
  for (int i = 0; i < layers; ++i) network->push_back(nn::Linear(width, width));
  return network;
}

void modules_alone(benchmark::State& state) {
  const torch::NoGradGuard no_gradients;
  const torch::Tensor input = make_input(state.range(0));
  nn::Sequential network = make_modules(state.range(0));
  network->forward(input);
  for (auto _ : state) benchmark::DoNotOptimize(network->forward(input));
}
BENCHMARK(modules_alone)->Apply(sizes);

void modules_profiled(benchmark::State& state) {
  const torch::NoGradGuard no_gradients;
  const torch::Tensor input = make_input(state.range(0));
  nn::Sequential network = make_modules(state.range(0));
  network->forward(input);
  upmem_des::Profiler profiler;
  profiler.start(*network);
  Coverage coverage;
  for (auto _ : state) {
    coverage.pass([&] { return network->forward(input); });
    profiler.next_pass();
  }
  coverage.add(profiler.end().events);
  state.counters["coverage"] = coverage.value();
}
BENCHMARK(modules_profiled)->Apply(sizes);

torch::jit::Module make_script(std::int64_t width) {
  torch::jit::Module network("Net");
  std::string forward = "def forward(self, x):\n";
  for (int i = 0; i < layers; ++i) {
    const std::string name = "layer" + std::to_string(i);
    torch::jit::Module layer("Product" + std::to_string(i));
    layer.register_parameter("weight", torch::rand({width, width}) / width, false);
    layer.define("def forward(self, x):\n  return torch.matmul(x, self.weight)\n");
    network.register_module(name, layer);
    forward += "  x = self." + name + ".forward(x)\n";
  }
  network.define(forward + "  return x\n");
  return network;
}

void script_alone(benchmark::State& state) {
  const c10::InferenceMode inference;
  const torch::jit::GraphOptimizerEnabledGuard not_optimised(false);
  const std::vector<c10::IValue> inputs{make_input(state.range(0))};
  torch::jit::Module network = make_script(state.range(0));
  network.forward(inputs);
  for (auto _ : state) benchmark::DoNotOptimize(network.forward(inputs));
}
BENCHMARK(script_alone)->Apply(sizes);

void script_profiled(benchmark::State& state) {
  const c10::InferenceMode inference;
  const std::vector<c10::IValue> inputs{make_input(state.range(0))};
  upmem_des::profiler::ScriptRun run(make_script(state.range(0)), "benchmark");
  run.forward(inputs);
  run.recorder().record(true);
  Coverage coverage;
  for (auto _ : state) {
    coverage.pass([&] { return run.forward(inputs); });
    coverage.add(run.recorder().take());
  }
  state.counters["coverage"] = coverage.value();
}
BENCHMARK(script_profiled)->Apply(sizes);

}  // namespace

// Profiles a network of two linear layers, then simulates what was recorded on a PIM-AI chip.
#include <upmem_des/profiler/profiler.hpp>
#include <upmem_des/upmem_des.hpp>

#include <cstdio>

struct TwoLayers : torch::nn::Module {
  torch::Tensor forward(const torch::Tensor& x) { return torch::softmax(linear2(relu(linear1(x))), -1); }

  torch::nn::Linear linear1 = register_module("linear1", torch::nn::Linear(100, 200));
  torch::nn::ReLU relu = register_module("relu", torch::nn::ReLU());
  torch::nn::Linear linear2 = register_module("linear2", torch::nn::Linear(200, 10));
};

int main() {
  torch::manual_seed(0);
  const torch::NoGradGuard no_gradients;
  TwoLayers network;
  const torch::Tensor input = torch::rand({1, 100});
  network.forward(input);  // the first pass pays for what libtorch sets up

  upmem_des::Profiler::Options options;
  options.last_layer = "linear2";
  upmem_des::Profiler profiler;
  profiler.start(network, options);
  network.forward(input);
  const upmem_des::RecordedTrace trace = profiler.end();

  for (const upmem_des::LayerEvent& event : trace.events)
    std::printf("%-8s %-8s %-8s %s -> %s, %.1f us measured\n", to_string(event.kind), event.type.str().c_str(),
                event.name.str().c_str(), event.input_shape.str().c_str(), event.output_shape.str().c_str(),
                *event.duration_ns / 1e3);

  const upmem_des::LoadedScenario scenario(trace, {{"linear1", "PIM-AI-1chip,t"}, {"linear2", "PIM-AI-1chip,t"}});
  std::fputs(upmem_des::result_text(upmem_des::run(scenario)).c_str(), stdout);
}

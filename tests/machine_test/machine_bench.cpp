#include "machine_bench.hpp"

#include <algorithm>
#include <cstdlib>

namespace upmem_des::test {

namespace {

constexpr const char* architectures = R"(
DEV:
  {host_to_device_bw_GBs: 10, host_to_device_pj_per_bit: 20, device_to_host_bw_GBs: 5, device_to_host_pj_per_bit: 50,
   mem_bw_GBs: 100, mem_pj_per_bit: 10, tflops: 1, pj_per_tflop: 2.0e+12, idle_W: 0.5, active_W: 5}
FAST:
  {host_to_device_bw_GBs: 10, host_to_device_pj_per_bit: 20, device_to_host_bw_GBs: 5, device_to_host_pj_per_bit: 50,
   mem_bw_GBs: 400, mem_pj_per_bit: 10, tflops: 4, pj_per_tflop: 2.0e+12}
SLOW:
  {host_to_device_bw_GBs: 10, host_to_device_pj_per_bit: 20, device_to_host_bw_GBs: 5, device_to_host_pj_per_bit: 50,
   mem_bw_GBs: 100, mem_pj_per_bit: 10, tflops: 1, pj_per_tflop: 2.0e+12, compute_efficiency: 0.5, mem_efficiency: 0.25,
   launch_overhead_ns: 1000, idle_W: 3}
HOST:
  {host_to_device_bw_GBs: 1000000, host_to_device_pj_per_bit: 0, device_to_host_bw_GBs: 1000000,
   device_to_host_pj_per_bit: 0, mem_bw_GBs: 1000000, mem_pj_per_bit: 0, tflops: 1000000, pj_per_tflop: 0}
)";

}  // namespace

double linear_s(double rows, double in, double out, double times) {
  const double flop = 2 * rows * in * out;
  const double bytes = 2 * (in * out + rows * (in + out));
  return std::max(flop / (times * flops), bytes / (times * memory_Bps));
}

double host_linear_s(double rows, double in, double out) {
  return std::max(2 * rows * in * out / 1e18, 2 * (in * out + rows * (in + out)) / 1e15);
}

MachineBench::MachineBench(std::int64_t batch) {
  trace_.header.batch = batch;
  ::setenv("UPMEM_DES_DATA", PROJECT_DIR, 1);
  trace_.header.model = "net";
  folder_.write("devices.yaml", architectures);
}

std::int64_t MachineBench::add(LayerEvent event) {
  event.seq = static_cast<std::int64_t>(trace_.events.size());
  trace_.events.push_back(std::move(event));
  return trace_.events.back().seq;
}

std::int64_t MachineBench::linear(const std::string& name, std::int64_t rows, std::int64_t in, std::int64_t out,
                                  std::vector<std::int64_t> deps, std::int64_t layer) {
  LayerEvent event;
  event.type = Name("Linear");
  event.name = Name(name);
  event.path = Name(layer < 0 ? name : "layers." + std::to_string(layer) + "." + name);
  event.id = static_cast<std::int64_t>(trace_.events.size());
  event.input_shape = Shape{rows, in};
  event.weight_shape = Shape{in, out};
  event.output_shape = Shape{rows, out};
  event.deps = std::move(deps);
  return add(std::move(event));
}

Scenario MachineBench::scenario(const std::string& platform, const std::string& mapping, const std::string& simulation,
                                const std::string& workload) {
  std::string text = "workload: {" + workload + "}\nmapping: {" + mapping + "}\nsimulation: {" + simulation +
                     "}\narchitectures: [devices.yaml]\n" + sections;
  if (mapping.find("flags: m") != std::string::npos) text += "moe: {end: w2, experts_per_token: 2}\n";
  if (!parallel.empty()) text += "parallel: {" + parallel + "}\n";
  if (!platform.empty()) {
    folder_.write("platform.yaml", platform);
    text += "platform: platform.yaml\n";
  }
  return load_scenario(folder_.write("scenario.yaml", text));
}

void MachineBench::prepare_model(const std::string& platform, const std::string& mapping, const std::string& simulation,
                                 const std::string& workload, const std::function<void(const PreparedRun&)>& use) {
  use(PreparedRun(scenario(platform, mapping, simulation, workload), [](const std::string&) {}));
}

SimulationResult MachineBench::run_text(const std::string& platform, const std::string& mapping,
                                        const std::string& simulation, const std::string& workload) {
  const Scenario scenario = this->scenario(platform, mapping, simulation, workload);
  const auto warn = [&](const std::string& warning) { warnings.push_back(warning); };
  if (!watch) return run_isolated(scenario, warn);
  const PreparedRun prepared(scenario, warn);
  RunOptions options;
  options.watcher = watch(prepared);
  return upmem_des::run(prepared, options);
}

SimulationResult MachineBench::run(const std::string& platform, const std::string& mapping,
                                   const std::string& simulation, const std::string& workload) {
  write_trace(folder_.path("trace.jsonl"), trace_);
  return run_text(platform, mapping, simulation,
                  "trace: trace.jsonl, dtype: bfloat16" + (workload.empty() ? "" : ", " + workload));
}

SimulationResult MachineBench::run_model(const std::string& platform, const std::string& mapping,
                                         const std::string& simulation, const std::string& workload) {
  return run_text(platform, mapping, simulation, workload);
}

std::string devices(int count, const std::string& architecture) {
  return "devices: [{name: dev, architecture: " + architecture + ", count: " + std::to_string(count) + "}]\n";
}

double summed_energy_J(const SimulationResult& result) {
  double sum = 0;
  for (const DeviceResult& device : result.devices) sum += device.energy.total_J();
  for (const LinkResult& link : result.links)
    if (!link.owner) sum += link.total_energy_J();
  return sum;
}

}  // namespace upmem_des::test

// Layer events simulated in a second of CPU time: a bare SimGrid loop with one execution and one transfer an event, the
// plain path, segments, tasks on many devices, traces from files, and the whole program. Each iteration is a process of
// its own, as SimGrid has one engine a process; the time is the CPU time of that process. Compare figures of one run
// only:
//   simulation_speed --benchmark_repetitions=5 --benchmark_report_aggregates_only
#include <benchmark/benchmark.h>
#include <fcntl.h>
#include <simgrid/plugins/energy.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <simgrid/s4u.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include "run/run.hpp"
#include "scenario/scenario_reader.hpp"
#include "simulation/simgrid_compat.hpp"

namespace {

namespace s4u = simgrid::s4u;
namespace des = upmem_des;
using Setting = des::ScenarioOverrides::Setting;

constexpr const char* one_device = PROJECT_DIR "/scenarios/llama-2-7b_4chip.yaml";
constexpr const char* two_stages = PROJECT_DIR "/scenarios/machines/llama-2-13b_two-stages.yaml";

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
}

/// CPU time and largest memory of a process, and the events that it says it simulated.
struct Measured {
  double cpu_s = 0;
  double memory_MiB = 0;
  std::int64_t events = 0;
};

Measured wait_for(pid_t child) {
  int status = 0;
  rusage usage{};
  ::wait4(child, &status, 0, &usage);
  if (status != 0) throw std::runtime_error("the simulation failed");
  Measured measured;
  measured.cpu_s = seconds(usage.ru_utime) + seconds(usage.ru_stime);
  measured.memory_MiB = static_cast<double>(usage.ru_maxrss) / 1024;
  return measured;
}

/// Runs `code`, which gives a number of events, in a process of its own.
Measured in_child(const std::function<std::int64_t()>& code) {
  int ends[2];
  if (::pipe(ends) != 0) throw std::runtime_error("no pipe");
  const pid_t child = ::fork();
  if (child == 0) {
    const std::int64_t events = code();
    const bool told = ::write(ends[1], &events, sizeof events) == sizeof events;
    ::_exit(told ? 0 : 1);
  }
  ::close(ends[1]);
  std::int64_t events = 0;
  const bool heard = ::read(ends[0], &events, sizeof events) == sizeof events;
  ::close(ends[0]);
  Measured measured = wait_for(child);
  if (!heard) throw std::runtime_error("the simulation failed");
  measured.events = events;
  return measured;
}

/// Runs upmem-des, from its start to its end; what it prints goes nowhere.
Measured program(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), PROGRAM);
  std::vector<char*> words;
  for (std::string& argument : arguments) words.push_back(argument.data());
  words.push_back(nullptr);
  const pid_t child = ::fork();
  if (child == 0) {
    const int nowhere = ::open("/dev/null", O_WRONLY);
    ::dup2(nowhere, STDOUT_FILENO);
    ::execv(PROGRAM, words.data());
    ::_exit(127);
  }
  return wait_for(child);
}

void measure(benchmark::State& state, const std::function<Measured()>& run) {
  std::int64_t events = 0;
  double memory_MiB = 0;
  for (auto _ : state) {
    const Measured measured = run();
    state.SetIterationTime(measured.cpu_s);
    events += measured.events;
    memory_MiB = std::max(memory_MiB, measured.memory_MiB);
  }
  state.SetItemsProcessed(events);
  state.counters["MiB"] = memory_MiB;
}

void measure_child(benchmark::State& state, const std::function<std::int64_t()>& code) {
  measure(state, [&] { return in_child(code); });
}

/// The time of the events that `run(tokens)` has beyond those of `run(1)`: without what a run costs whatever its
/// length.
void measure_further_events(benchmark::State& state, const std::function<std::int64_t(std::int64_t)>& run,
                            std::int64_t tokens) {
  measure(state, [&] {
    Measured all = in_child([&] { return run(tokens); });
    const Measured first = in_child([&] { return run(1); });
    all.cpu_s = std::max(1e-6, all.cpu_s - first.cpu_s);
    all.events -= first.events;
    return all;
  });
}

/// A host whose arithmetic takes 1 µs for each event, and memory as a link to itself that takes 2 µs.
std::int64_t bare_simgrid(std::int64_t events) {
  std::string name = "bare", factory = "--cfg=network/model:CM02", gamma = "--cfg=network/TCP-gamma:1e20",
              log = "--log=root.thres:critical";
  std::vector<char*> arguments{name.data(), factory.data(), gamma.data(), log.data(), nullptr};
  int count = 4;
  s4u::Engine engine(&count, arguments.data());
  sg_host_energy_plugin_init();
  sg_link_energy_plugin_init();
  s4u::NetZone* zone = des::compat::create_machine_zone();
  s4u::Host* host = des::compat::create_host(zone, "device", 1e12);
  host->set_property("wattage_per_state", "0:2:2");
  s4u::Link* memory = des::compat::create_link(zone, "memory", 100e9);
  memory->set_latency(0);
  memory->set_property("wattage_range", "0:8");
  des::compat::add_route(zone, host, host, {s4u::LinkInRoute(memory)});
  zone->seal();
  des::compat::create_actor("stream", host, [&] {
    for (std::int64_t done = 0; done < events; ++done) {
      s4u::ExecPtr exec = s4u::Exec::init();
      exec->set_flops_amount(1e6)->set_host(host);
      exec->start();
      s4u::CommPtr comm = s4u::Comm::sendto_init();
      comm->set_payload_size(200'000)->set_source(host)->set_destination(host);
      exec->wait();
      comm->wait();
    }
  });
  engine.run();
  return events;
}

std::int64_t simulate(const char* scenario, const std::vector<Setting>& settings) {
  return des::run(des::load_scenario(scenario, {settings, {}})).events;
}

Setting setting(const char* key, std::int64_t value) {
  return {key, std::to_string(value), "benchmark"};
}

void BareSimGrid(benchmark::State& state) {
  measure_child(state, [&] { return bare_simgrid(state.range(0)); });
}

/// 356 events a token and two more.
void PlainPath(benchmark::State& state) {
  measure_child(state, [&] {
    return simulate(one_device, {setting("workload.output_tokens", state.range(0) / 356),
                                 {"simulation.segments", "false", "benchmark"}});
  });
}

void Segments(benchmark::State& state) {
  measure_further_events(
      state, [](std::int64_t tokens) { return simulate(one_device, {setting("workload.output_tokens", tokens)}); },
      state.range(0) / 356 + 1);
}

/// Two pipeline stages of dataflow: they meet where one hands on to the other.
void Stages(benchmark::State& state) {
  const char* const segments = state.range(0) != 0 ? "true" : "false";
  measure_child(state, [&] {
    return simulate(two_stages,
                    {setting("workload.output_tokens", 200), {"simulation.segments", segments, "benchmark"}});
  });
}

/// A folder for the files of one benchmark, gone with it.
class Folder {
 public:
  Folder() : path_("/tmp/upmem-des-benchmark-" + std::to_string(::getpid())) {
    std::filesystem::create_directories(path_);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { std::filesystem::remove_all(path_); }

  std::string path(const char* name) const { return path_ + "/" + name; }
  std::string write(const char* name, const std::string& text) const {
    std::ofstream(path(name)) << text;
    return path(name);
  }

 private:
  std::string path_;
};

/// A decoder that is split over all devices, which all-reduce by way of the host: pieces of work in a second.
void Devices(benchmark::State& state) {
  const Folder folder;
  folder.write("platform.yaml",
               "devices: [{name: dimm, architecture: PIM-AI-1dimm, count: " + std::to_string(state.range(0)) + "}]\n");
  const std::string scenario = folder.write("scenario.yaml",
                                            "platform: platform.yaml\n"
                                            "workload: {model: models/llama-2-7b.json, prompt_tokens: 16, "
                                            "output_tokens: 2}\n"
                                            "mapping: {default: dimm, embed_tokens: HOST}\n"
                                            "simulation: {schedule: dataflow}\n");
  measure_child(state, [&] {
    std::int64_t pieces = 0;
    for (const des::OperatorUse& use : des::run(des::load_scenario(scenario)).operators) pieces += use.count;
    return pieces;
  });
}

void TraceFile(benchmark::State& state) {
  const Folder folder;
  const std::int64_t tokens = state.range(0) / 356;
  program({"trace", "--model", PROJECT_DIR "/scenarios/models/llama-2-7b.json", "--output-tokens",
           std::to_string(tokens), "-o", folder.path("trace.jsonl")});
  const std::string scenario =
      folder.write("scenario.yaml", "workload: {trace: trace.jsonl}\nmapping: {default: PIM-AI-4chip}\n");
  measure(state, [&] {
    Measured measured = program({"run", scenario});
    measured.events = tokens * 356;
    return measured;
  });
}

/// Llama-2-70B, 2,048 tokens in and 2,048 out, on 24 DIMMs.
void WholeProgram(benchmark::State& state) {
  measure(state, [] {
    Measured measured = program({"run", PROJECT_DIR "/scenarios/llama-2-70b_24dimm.yaml", "--set",
                                 "workload.prompt_tokens=2048", "--set", "workload.output_tokens=2048"});
    measured.events = 2048 * 884;
    return measured;
  });
}

void TinyScenario(benchmark::State& state) {
  measure(state, [] {
    Measured measured = program({"run", PROJECT_DIR "/scenarios/llama-2-7b_1chip.yaml"});
    measured.events = 16 * 356;
    return measured;
  });
}

void Tokens(benchmark::State& state) {
  const std::int64_t tokens = state.range(0);
  measure(state, [tokens] {
    Measured measured = program({"run", PROJECT_DIR "/scenarios/llama-2-7b_4chip.yaml", "--set",
                                 "workload.output_tokens=" + std::to_string(tokens)});
    measured.events = tokens * 356;
    return measured;
  });
}

void in_ms(benchmark::internal::Benchmark* benchmark) {
  benchmark->UseManualTime()->Unit(benchmark::kMillisecond);
}

BENCHMARK(BareSimGrid)->Arg(100'000)->Apply(in_ms);
BENCHMARK(PlainPath)->Arg(100'000)->Apply(in_ms);
BENCHMARK(Segments)->RangeMultiplier(10)->Range(10'000, 10'000'000)->Apply(in_ms);
BENCHMARK(Stages)->ArgName("segments")->Arg(0)->Arg(1)->Apply(in_ms);
BENCHMARK(Devices)->RangeMultiplier(4)->Range(16, 1024)->Apply(in_ms);
BENCHMARK(TraceFile)->Arg(1'000'000)->Apply(in_ms);
BENCHMARK(WholeProgram)->Apply(in_ms);
BENCHMARK(TinyScenario)->Apply(in_ms);
BENCHMARK(Tokens)->RangeMultiplier(10)->Range(1'000, 100'000)->Apply(in_ms);

}  // namespace

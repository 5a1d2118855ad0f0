// Layer events simulated in a second of CPU time: a bare SimGrid loop with one execution and one transfer an event, the
// plain path, segments, tasks on many devices, and the whole program. Each iteration is a process of its own, as
// SimGrid has one engine a process; the time is the CPU time of that process. Compare figures of one run only.
#include <benchmark/benchmark.h>
#include <simgrid/plugins/energy.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <simgrid/s4u.hpp>

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
constexpr const char* many_devices = PROJECT_DIR "/scenarios/machines/llama-2-70b_24-dimms.yaml";

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
}

/// CPU time of `code` in a process of its own, and the events that it says it simulated.
struct Measured {
  double cpu_s = 0;
  std::int64_t events = 0;
};

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
  Measured measured;
  const bool heard = ::read(ends[0], &measured.events, sizeof measured.events) == sizeof measured.events;
  ::close(ends[0]);
  int status = 0;
  rusage usage{};
  ::wait4(child, &status, 0, &usage);
  if (!heard || status != 0) throw std::runtime_error("the simulation failed");
  measured.cpu_s = seconds(usage.ru_utime) + seconds(usage.ru_stime);
  return measured;
}

void measure(benchmark::State& state, const std::function<std::int64_t()>& code) {
  std::int64_t events = 0;
  for (auto _ : state) {
    const Measured measured = in_child(code);
    state.SetIterationTime(measured.cpu_s);
    events += measured.events;
  }
  state.SetItemsProcessed(events);
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
  measure(state, [&] { return bare_simgrid(state.range(0)); });
}

/// 356 events a token and two more.
void PlainPath(benchmark::State& state) {
  measure(state, [&] {
    return simulate(one_device, {setting("workload.output_tokens", state.range(0) / 356),
                                 {"simulation.segments", "false", "benchmark"}});
  });
}

void Segments(benchmark::State& state) {
  measure(state, [&] { return simulate(one_device, {setting("workload.output_tokens", state.range(0) / 356)}); });
}

/// The model's events; each is 24 pieces of work or more.
void ManyDevices(benchmark::State& state) {
  measure(state, [&] { return simulate(many_devices, {setting("workload.output_tokens", state.range(0) / 884)}); });
}

BENCHMARK(BareSimGrid)->Arg(100'000)->UseManualTime()->Unit(benchmark::kMillisecond);
BENCHMARK(PlainPath)->Arg(100'000)->UseManualTime()->Unit(benchmark::kMillisecond);
BENCHMARK(Segments)->RangeMultiplier(10)->Range(10'000, 10'000'000)->UseManualTime()->Unit(benchmark::kMillisecond);
BENCHMARK(ManyDevices)->Arg(8'840)->UseManualTime()->Unit(benchmark::kMillisecond);

}  // namespace

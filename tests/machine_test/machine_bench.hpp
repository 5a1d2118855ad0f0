/// Scenarios on machines of many devices, written down in a test and simulated in a process of their own.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "run/run.hpp"
#include "scenario/scenario_reader.hpp"
#include "support/temporary_folder.hpp"
#include "upmem_des/report/text_report.hpp"
#include "upmem_des/trace/recorded_trace.hpp"

namespace upmem_des::test {

/// Two-byte elements everywhere. The device DEV has 1 TFLOP/s at 2 pJ/flop, memory of 100 GB/s at 10 pJ/bit, 10 GB/s
/// from the host at 20 pJ/bit and 5 GB/s to it at 50 pJ/bit; FAST is four of them in one; HOST is fast and free.
constexpr double flops = 1e12, memory_Bps = 100e9, down_Bps = 10e9, up_Bps = 5e9;

/// The time of a Linear on [rows, in] by the roofline model, on a device of `times` DEV.
double linear_s(double rows, double in, double out, double times = 1);

/// The same on HOST.
double host_linear_s(double rows, double in, double out);

class MachineBench {
 public:
  explicit MachineBench(std::int64_t batch = 1);

  /// A Linear on [rows, in], named `name`; gives its seq. Without deps it waits for the event before it.
  std::int64_t linear(const std::string& name, std::int64_t rows, std::int64_t in, std::int64_t out,
                      std::vector<std::int64_t> deps = {}, std::int64_t layer = -1);
  std::int64_t add(LayerEvent event);

  /// `platform` is the text of a platform file, empty for none; `mapping` and `simulation` are flow maps without their
  /// braces.
  SimulationResult run(const std::string& platform, const std::string& mapping, const std::string& simulation = "",
                       const std::string& workload = "");

  /// The same with a model in place of the trace: "model: …, prompt_tokens: …".
  SimulationResult run_model(const std::string& platform, const std::string& mapping, const std::string& simulation,
                             const std::string& workload);

  /// Hands over such a run, made ready and not simulated.
  void prepare_model(const std::string& platform, const std::string& mapping, const std::string& simulation,
                     const std::string& workload, const std::function<void(const PreparedRun&)>& use);

  /// Where it is set, runs are simulated in this process (one is all that it can have), with what it gives as watcher.
  std::function<ActivityObserver*(const PreparedRun&)> watch;
  std::string parallel;  ///< a flow map without its braces; empty: none
  std::vector<std::string> warnings;
  std::string sections;  ///< further ones of the scenario, each a line

 private:
  Scenario scenario(const std::string& platform, const std::string& mapping, const std::string& simulation,
                    const std::string& workload);
  SimulationResult run_text(const std::string& platform, const std::string& mapping, const std::string& simulation,
                            const std::string& workload);

  TemporaryFolder folder_;
  RecordedTrace trace_;
};

/// `count` DEV, each with a link of its own.
std::string devices(int count, const std::string& architecture = "DEV");

/// Energy of all devices and of all links that none of them owns.
double summed_energy_J(const SimulationResult& result);

}  // namespace upmem_des::test

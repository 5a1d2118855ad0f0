/// Scenarios as programs have them.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "upmem_des/number/number_format.hpp"

namespace upmem_des {

struct RecordedTrace;
struct Scenario;

/// A key of a scenario file, and what stands there instead, as YAML: {"workload.batch", "8"}.
struct Setting {
  std::string key;
  std::string value;
};

/// What a scenario on a trace in memory is told beside the mapping.
struct TraceSettings {
  std::string cost_model = "roofline";
  std::optional<NumberFormat> dtype;      ///< none: the trace's
  std::optional<std::string> last_layer;  ///< name or path of what ends a forward pass; none: found in the trace
};

/// A scenario that has been read, with every default filled in. Immutable; copies share what was read.
class LoadedScenario {
 public:
  /// Reads a scenario file; "-" is standard input. A relative `path` that does not exist is looked for in the data
  /// folder. Paths in the file are relative to it, then to the data folder; in settings to the working folder. Of two
  /// settings of a key the later one holds. `device_files` are read after those of the scenario. Throws InputError on
  /// everything that is wrong with the file by itself: syntax, unknown or missing keys, types, ranges; what it refers
  /// to is read by PreparedScenario, run() and serve().
  explicit LoadedScenario(const std::string& path, const std::vector<Setting>& settings = {},
                          const std::vector<std::string>& device_files = {});

  /// A scenario without a file, on a trace that the program holds. `mapping` has the layers that run on devices of
  /// their own: {{"fc1", "PIM-AI-4chip,t"}, {"Linear", "H100"}}; `default_device` is where everything else runs, and
  /// without one it stays where the event before it ran. Throws InputError on lines without a device, on a layer that
  /// is named twice and on the reserved keys of a mapping.
  LoadedScenario(RecordedTrace trace, const std::vector<std::pair<std::string, std::string>>& mapping,
                 const std::string& default_device = "", const TraceSettings& settings = {});

  /// Its name, with what settings changed: "Llama-2-7B (workload.batch=8)".
  std::string title() const;

  /// Does it serve requests (workload.requests)? Then it is for serve(), else for run().
  bool serves_requests() const;

  /// All that it says, defaults included, with absolute paths: a file that gives the same scenario from anywhere.
  /// Throws InputError on a scenario whose trace is in memory.
  std::string yaml() const;

  /// For the rooms of the library; programs of others cannot look into it.
  const Scenario& contents() const { return *scenario_; }

 private:
  std::shared_ptr<const Scenario> scenario_;
};

}  // namespace upmem_des

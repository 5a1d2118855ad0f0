/// What a scenario file says, checked, with every default filled in.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "profile/profile_request.hpp"
#include "trace/recorded_trace.hpp"
#include "util/data_type.hpp"
#include "util/error.hpp"
#include "util/unnamed_file.hpp"

namespace upmem_des {

/// Where the layer events come from: a model's description, a trace file, a network that is profiled first, or a trace
/// in memory. Exactly one of `model`, `trace`, a `profile` of a TorchScript file and `recorded` is set.
struct Workload {
  std::string model;  ///< path of a Hugging Face config.json, or of a folder with one
  std::string trace;  ///< path of a .jsonl or .jsonl.gz
  /// What is run with libtorch before it is simulated: `model`, with run.dtype for what is computed with, or a
  /// TorchScript file. run() does it where `profiled` is not set.
  std::optional<ProfileRequest> profile;
  std::shared_ptr<const UnnamedFile> profiled;    ///< the trace of `profile`
  std::shared_ptr<const RecordedTrace> recorded;  ///< a trace in memory
  DecoderRun run;                 ///< of a model; for a trace only dtype and batch count, and those only where given
  std::optional<DataType> dtype;  ///< for a trace or a profile: absent means the trace's
  std::optional<std::int64_t> batch;  ///< for a trace: must be the trace's
  std::optional<DataType> kv_dtype;   ///< of the KV cache; absent means dtype
  /// Name or path of the layer that ends a forward pass; empty: as last_layer_of() finds it in the trace, for
  /// TorchScript and `recorded`.
  std::string last_layer = "lm_head";
  SourceLocation source_where;  ///< of the line with model, torchscript or trace
  SourceLocation last_layer_where;
  SourceLocation batch_where;
};

/// What a model is computed with where its events are priced as `dtype`: float32, unless the CPU computes with that.
DataType computed_type(std::optional<DataType> dtype);

/// The files that a workload is read from.
std::vector<std::string> files_of(const Workload& workload);

/// One line of the mapping.
struct MappingEntry {
  std::string layer;
  std::string device;  ///< as written, with hyphens or underscores
  std::string flags;   ///< what stood after the first comma
  std::string more;    ///< what stood after the second comma
  SourceLocation where;

  std::string key() const { return "mapping." + layer; }
};

struct MoeSection {
  std::string end;
  std::int64_t experts_per_token = 0;
  SourceLocation where;
};

struct SimulationSection {
  std::string cost_model = "roofline";
  std::string schedule = "sequential";
  bool segments = true;
  std::optional<std::int64_t> num_key_value_heads;
  std::optional<std::int64_t> sliding_window;
  SourceLocation cost_model_where;
};

struct Scenario {
  std::string name;
  std::string file;
  Workload workload;
  std::vector<MappingEntry> mapping;
  std::optional<MappingEntry> default_device;
  std::optional<MoeSection> moe;
  std::vector<std::string> architectures;  ///< paths of further device files, in order
  SimulationSection simulation;
};

}  // namespace upmem_des

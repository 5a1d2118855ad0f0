/// What a scenario file says, checked, with every default filled in.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/decoder_run.hpp"
#include "util/data_type.hpp"
#include "util/error.hpp"

namespace upmem_des {

/// Where the layer events come from: exactly one of `model` and `trace` is set.
struct Workload {
  std::string model;              ///< path of a Hugging Face config.json
  std::string trace;              ///< path of a .jsonl or .jsonl.gz
  DecoderRun run;                 ///< of a model; for a trace only dtype and batch count, and those only where given
  std::optional<DataType> dtype;  ///< for a trace: absent means the trace's
  std::optional<std::int64_t> batch;  ///< for a trace: must be the trace's
  std::optional<DataType> kv_dtype;   ///< of the KV cache; absent means dtype
  std::string last_layer = "lm_head";
  SourceLocation source_where;  ///< of the line with model or trace
  SourceLocation last_layer_where;
  SourceLocation batch_where;
};

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

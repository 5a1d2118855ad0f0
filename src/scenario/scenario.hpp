/// What a scenario file says, checked, with every default filled in.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "price/cost_section.hpp"
#include "profile/profile_request.hpp"
#include "requests/requests_section.hpp"
#include "scenario/mapping_section.hpp"
#include "scenario/parallel_section.hpp"
#include "scenario/serving_section.hpp"
#include "upmem_des/number/number_format.hpp"
#include "upmem_des/trace/phase.hpp"
#include "upmem_des/util/error.hpp"
#include "upmem_des/util/named_choice.hpp"
#include "util/file_contents.hpp"
#include "util/unnamed_file.hpp"
#include "util/yaml.hpp"

namespace upmem_des {

struct RecordedTrace;

/// Where the layer events come from: a model's description, a trace file, a network that is profiled first, or a trace
/// in memory. Exactly one of `model`, `trace`, a `profile` of a TorchScript file or an archive of torch.export, and
/// `recorded` is set.
struct Workload {
  std::string model;  ///< path of a Hugging Face config.json, or of a folder with one
  std::string trace;  ///< path of a .jsonl or .jsonl.gz
  /// What is run with PyTorch before it is simulated: `model`, as decoder_run() says, a TorchScript file, or an archive
  /// of torch.export. run() does it where `profiled` is not set.
  std::optional<ProfileRequest> profile;
  std::shared_ptr<const UnnamedFile> profiled;  ///< the trace of `profile`
  std::shared_ptr<FileContents>
      contents;  ///< of the trace, once it has been read: it may not change until the run ends
  std::shared_ptr<const RecordedTrace> recorded;  ///< a trace in memory
  /// What a server of `model` is asked, in place of one batch of prompts.
  std::optional<RequestsSection> requests;
  DecoderSettings run;                       ///< of a model; as they are by default without one
  std::optional<NumberFormat> dtype;         ///< absent: bfloat16 of a model, else the trace's
  std::optional<std::int64_t> batch;         ///< absent: 1 of a model, else the trace's, which it must be
  std::optional<NumberFormat> weight_dtype;  ///< of linear layers' weights; absent: the model's, else dtype
  std::optional<NumberFormat> kv_dtype;      ///< of the KV cache; absent means dtype
  /// Name or path of the layer that ends a forward pass; empty: as last_layer_of() finds it in the trace, for
  /// TorchScript and `recorded`.
  std::string last_layer = "lm_head";
  SourceLocation source_where;  ///< of the line with model, torchscript, exported or trace
  SourceLocation last_layer_where;
  SourceLocation batch_where;
};

/// What a model is computed with where its events are priced as `dtype`: float32, unless the CPU computes with that.
NumberFormat computed_type(std::optional<NumberFormat> dtype);

/// How a workload's model is run.
DecoderRun decoder_run(const Workload& workload);

/// The files that a workload is read from.
std::vector<std::string> files_of(const Workload& workload);

struct MoeSection {
  std::string end;
  std::int64_t experts_per_token = 0;
  SourceLocation where;
};

/// What of weights or caches may be kept on other devices, and streams from there.
struct OffloadEntry {
  std::string to;               ///< devices, as a mapping names them
  std::optional<double> share;  ///< of every layer, above 0 and at most 1; none: as little as makes a device's fit
  SourceLocation where;
};

struct OffloadSection {
  std::optional<OffloadEntry> weights;
  std::optional<OffloadEntry> kv_cache;

  bool empty() const { return !weights && !kv_cache; }
};

/// How many times as fast as their profiles say devices and links are: what a better machine would gain.
struct Faster {
  double memory = 1;      ///< bandwidth of memories
  double arithmetic = 1;  ///< peak arithmetic, and times per element
  double links = 1;       ///< bandwidth of links and networks

  bool any() const { return memory != 1 || arithmetic != 1 || links != 1; }
};

struct SimulationSection {
  std::string cost_model = "roofline";
  std::string schedule = "sequential";  ///< or "dataflow"
  bool segments = true;
  std::optional<std::int64_t> num_key_value_heads;
  std::optional<std::int64_t> sliding_window;
  bool prefetch_weights = false;             ///< with dataflow only, as what follows above 1
  std::optional<double> prefetch_buffer_MB;  ///< with prefetch_weights; none: the next event's weights, whatever size
  std::int64_t chunks = 1;                   ///< pieces that a transfer is cut into
  std::int64_t microbatches = 1;             ///< pieces that the batch is cut into, in the order of the trace
  std::int64_t interleave = 1;               ///< the same, where streams take what is ready; without any of these
  std::string unknown_operators = "error";   ///< or "memory", "skip": events that the cost model has no rule for
  bool allow_overflow = false;               ///< of the devices' capacity
  bool ideal_links = false;                  ///< transfers take no time and no energy
  bool ideal_devices = false;                ///< efficiencies are 1, and nothing is added to launch an event
  Faster faster{};
  /// What the host does before each step, which all of it waits for: in all, and for each of its sequences.
  double step_overhead_us = 0;
  double per_sequence_overhead_us = 0;
  SourceLocation cost_model_where;
  SourceLocation schedule_where;
  SourceLocation microbatches_where;
  SourceLocation interleave_where;

  /// Pieces that the batch is cut into, whichever way.
  std::int64_t batch_pieces() const { return std::max(microbatches, interleave); }
};

/// A key that the command line changed, as it was written: "workload.batch", "8".
struct ChangedKey {
  std::string key, value;
};

struct Scenario {
  std::string name;
  std::string file;
  std::vector<ChangedKey> changes;  ///< in their order; they decide nothing beside what they have changed
  /// What the file's mapping has as default where the command line changed that alone; empty: it did not.
  std::string default_before;
  std::string platform;  ///< path of a platform file; empty: the devices that the mapping names, beside the host
  SourceLocation platform_where;
  /// What stands in place of that file's figures: host, links, devices and networks, the last three by name. Null:
  /// none.
  YamlNode platform_changes;
  Workload workload;
  MappingSection mapping;                                 ///< of both phases
  std::array<MappingSection, phase_count> phase_mapping;  ///< of one phase, asked before `mapping`
  std::optional<ParallelSection> parallel;                ///< lays out what `mapping` then does not say
  std::optional<MoeSection> moe;
  std::vector<NamedChoice> collectives;  ///< algorithms that are to be taken
  OffloadSection offload;
  std::optional<ServingSection> serving;   ///< with requests in the workload
  std::vector<std::string> architectures;  ///< paths of further device files, in order
  /// What stands in place of figures of profiles: maps of their keys, by name. Null: none.
  YamlNode architecture_changes;
  SimulationSection simulation;
  std::optional<CostSection> cost;  ///< none: nobody asks what the run costs

  MappingSection& mapping_of(Phase phase) { return phase_mapping[static_cast<std::size_t>(phase)]; }
  const MappingSection& mapping_of(Phase phase) const { return phase_mapping[static_cast<std::size_t>(phase)]; }
};

/// The scenario's name with what the command line changed: "Llama-2-7B (workload.batch=8)". Of many changes the first
/// few are named.
std::string title_of(const Scenario& scenario);

/// Every file that a scenario is read from, its own first.
std::vector<std::string> files_of(const Scenario& scenario);

}  // namespace upmem_des

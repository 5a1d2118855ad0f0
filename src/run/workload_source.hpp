/// A workload as something that can be read more than once.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "model/decoder_source.hpp"
#include "scenario/scenario.hpp"
#include "trace/step_calls.hpp"
#include "upmem_des/model/decoder_config.hpp"
#include "upmem_des/trace/event_source.hpp"
#include "workload/step_source.hpp"

namespace upmem_des {

/// Opens the events of a scenario's workload, generated, profiled, from a file or from memory, from the start each
/// time. A network has to be profiled already.
class WorkloadSource {
 public:
  /// Throws InputError on a model or trace that cannot be used, or a batch that is not the trace's.
  explicit WorkloadSource(const Workload& workload);

  const TraceHeader& header() const { return header_; }
  /// Number of events, where it is known without reading them.
  std::optional<std::int64_t> expected_events() const { return expected_events_; }

  /// What is unusual about the model's configuration, complete lines.
  std::vector<std::string> warnings() const;

  /// Names that a mapping could have beside those of the events: of layers that are fused unless somebody asks for
  /// them.
  std::set<std::string> other_names() const;

  /// The layer that ends a forward pass: what the workload says, unless that is the usual lm_head, else what the
  /// trace's header says; empty where the events say so themselves, as a model's and those of newer traces do.
  Name last_layer() const;

  std::unique_ptr<EventSource> open() const;
  std::unique_ptr<CallSource> open_steps() const;
  /// Of a described model, the passes that `steps` asks for; such a model is what is_described() says yes to.
  std::unique_ptr<CallSource> open_steps(std::unique_ptr<StepSource> steps) const;
  /// That the model was made for; 0: not known.
  std::int64_t max_positions() const { return config_ ? config_->max_positions : 0; }
  /// Decoder layers of a described model; 0 of others.
  std::int64_t layers() const { return config_ ? config_->num_hidden_layers : 0; }
  bool is_described() const { return config_.has_value(); }

  /// A stream in which every layer and function of the whole one occurs, and with its largest shapes: of a model
  /// prefill and the last decode pass with every expert, of a trace all of it.
  std::unique_ptr<EventSource> open_survey() const;

 private:
  std::unique_ptr<DecoderSource> open_model(const DecoderRun& run) const;

  const Workload& workload_;
  std::optional<DecoderConfig> config_;
  TraceHeader header_;
  std::optional<std::int64_t> expected_events_;
};

}  // namespace upmem_des

/// The stream of layer events of a model that is described, not run.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "model/decoder_paths.hpp"
#include "model/expert_router.hpp"
#include "trace/step_calls.hpp"
#include "upmem_des/model/decoder_config.hpp"
#include "upmem_des/model/decoder_description.hpp"
#include "upmem_des/model/decoder_run.hpp"
#include "upmem_des/trace/event_source.hpp"
#include "workload/step_source.hpp"

namespace upmem_des {

/// Generates the events of the passes that a source of steps asks for, one at a time; of itself, those of one prefill
/// and run.output_tokens − 1 decode passes. Nothing is kept but one
/// copy of each different layer's calls, and the paths of all; an event costs some tens of nanoseconds. Events carry
/// `path`, `deps` and, those of experts, `experts`, as profiled ones do.
///
/// The phase of a pass's events is prefill where a sequence begins or has more than one new row, as in step 0, else
/// decode, as in steps 1, 2, …. The sampling softmax after a pass already counts as the next step, and as decode.
///
/// Sequences of different lengths, and all that another source gives, are the rows of one batch row; what looks at each
/// sequence by itself carries slices. What is computed in parts has their calls, too.
class DecoderSource : public EventSource, public CallSource {
 public:
  /// Describes the model with its family's builder and checks `run` against it; `where` tells what the run's options
  /// belong to, for messages. Throws InputError as check() and describe_decoder() do.
  DecoderSource(const DecoderConfig& config, const DecoderRun& run, const SourceLocation& where = {});
  /// Passes are those that `steps` asks for, of no more and no longer sequences than `run` says.
  DecoderSource(const DecoderConfig& config, const DecoderRun& run, std::unique_ptr<StepSource> steps,
                const SourceLocation& where = {});

  /// Sets the first entries of `rows`, one for each expert of a layer, to the rows that it gets in this pass. Asked
  /// just before the first expert's events.
  using ExpertRows = std::function<void(std::vector<std::int64_t>& rows)>;
  /// Experts get the rows that are asked for, not those of run.routing.
  void route_by(ExpertRows rows) { expert_rows_of_run_ = std::move(rows); }

  /// Model, dtype and batch of the run; the KV heads and sliding window of the configuration.
  const TraceHeader& header() const override { return header_; }
  /// As on a machine that takes no time: whoever waits for something has it at once.
  bool next(LayerEvent& event) override;
  /// The same stream step by step, not to be mixed with the one above: a pass with the sampling before it, or that
  /// alone. Where a step calls what the one before it did, it costs no more than its different calls.
  Answer next(const Progress& progress, StepCalls& step) override;

  /// How many events the whole stream has; not known where experts without tokens are skipped
  /// and routing or prompts are such that only counting tells which these are.
  std::optional<std::int64_t> expected_events() const;

 private:
  /// A call with the shapes that it has in this pass (and for this expert).
  struct ReadyCall {
    const Call* call = nullptr;
    Shape input;
    Shape output;
  };
  using ReadyCalls = std::vector<ReadyCall>;
  struct ReadyGroup {
    const LayerGroup* group = nullptr;
    GroupPaths paths;
    ReadyCalls calls;
    ReadyCalls expert_calls;
    std::int64_t expert_rows = -1;  ///< that the shapes of expert_calls are for; −1: none yet in this pass
    ReadyCalls after_experts;
  };
  /// What a pass of one phase calls.
  struct ReadyPass {
    ReadyCalls prologue;
    std::vector<Name> prologue_paths;
    std::vector<ReadyGroup> groups;
    ReadyCalls epilogue;
    std::vector<Name> epilogue_paths;
  };
  /// What the events come from just now; a pass goes from Prologue to Sampling.
  enum class Section { BetweenPasses, Prologue, LayerCalls, Experts, AfterExperts, Epilogue, Sampling };

  static Phase phase_of(const std::vector<Slice>& slices);
  /// Does a call depend on how the rows of its input are spread over sequences?
  static bool looks_at_sequences(const LayerEvent& event);
  void tell(const Progress& progress);
  Answer ask();
  bool has_calls();
  void make_event(LayerEvent& event);
  Answer open_step();
  bool repeat_step(StepCalls& step);
  void add_calls(StepCalls& step, CallSequence& sequence);
  void give_out();
  std::uint32_t place_of(const ReadyCall& made, StepCalls& step, const LayerEvent& event);
  void open_parts();
  void set_parts(StepCalls& step, std::size_t index);

  ReadyPass ready(Phase phase) const;
  ReadyCalls ready(const std::vector<Call>& calls, Phase phase) const;
  void resolve(ReadyCalls& calls) const;
  void open(Section section, const ReadyCalls& calls, std::int64_t id_base, const Name* paths);
  static const Name* paths_of_row(const std::vector<Name>& paths, std::int64_t row, const ReadyCalls& calls);
  void open_next();
  void open_pass();
  void open_layer();
  void count_expert_rows();
  void open_expert();
  void wait(const Call& call, LayerEvent& event);
  void begin_layer();
  std::int64_t events_of_pass(const ReadyPass& pass, std::int64_t tokens) const;

  DecoderDescription description_;
  DecoderRun run_;
  TraceHeader header_;
  ExpertRouter router_;
  ExpertRows expert_rows_of_run_;  ///< empty: the router's

  std::unique_ptr<StepSource> steps_;
  bool is_one_batch_ = false;                         ///< are all sequences in every step?
  Progress progress_;                                 ///< as `steps_` is told
  StepSlices slices_;                                 ///< of the latest step that `steps_` has given
  bool has_next_pass_ = false;                        ///< has it been given, but not opened?
  std::shared_ptr<const std::vector<Slice>> ragged_;  ///< of the pass; null where its sequences are equally long
  std::deque<std::int64_t> given_;                    ///< by step that was given out: passes that end with it
  std::int64_t told_ = 0;                             ///< steps that have ended and left `given_`
  std::int64_t opened_ = 0;                           ///< passes so far

  std::array<ReadyPass, phase_count> passes_;  ///< by the phase of the pass
  ReadyPass* now_ = nullptr;                   ///< of the pass that is under way
  std::vector<Call> sampling_calls_;
  ReadyCalls sampling_;
  std::vector<Name> sampling_paths_;

  Section section_ = Section::BetweenPasses;
  const ReadyCall* at_ = nullptr;   ///< the next call
  const ReadyCall* end_ = nullptr;  ///< of the open section
  const Name* path_ = nullptr;      ///< of the next call
  std::int64_t id_base_ = 0;        ///< added to the ids of the open section
  std::int64_t seq_ = 0;
  Phase phase_ = Phase::Prefill;
  std::int64_t step_ = 0;
  PassSizes sizes_;
  /// Of sequences that are computed together, apart from others.
  struct Part {
    PassSizes sizes;
    std::int64_t first_row = 0;  ///< new rows of the parts before it
    std::shared_ptr<const std::vector<Slice>> slices;
  };
  std::vector<Part> parts_;  ///< of the pass; empty where it has one
  std::size_t group_ = 0;
  std::int64_t layer_in_group_ = 0;
  std::int64_t layer_ = 0;     ///< in the whole model
  std::int64_t layer_id_ = 0;  ///< of the layer's first module
  std::int64_t expert_ = 0;
  std::vector<std::int64_t> expert_rows_;

  std::shared_ptr<const CallSequence> sequence_;  ///< of the latest step
  /// What tells whether a step calls what another did.
  struct StepForm {
    Phase phase = Phase::Prefill;
    bool samples = false;  ///< does it begin with the sampling of the pass before?
  };
  std::optional<StepForm> repeats_;  ///< of the latest step; none: no step calls what it did
  struct StepCall {
    const ReadyCall* made = nullptr;
    bool looks_at_sequences = false;
    std::int64_t expert_rows = 0;  ///< of an expert's
  };
  std::vector<StepCall> step_calls_;                                                ///< its different calls
  std::map<std::pair<const ReadyCall*, std::int64_t>, std::uint32_t> call_places_;  ///< and rows of an expert

  /// seq of the event that gave each Value of the open layer; −1: none.
  std::array<std::int64_t, last_value + 1> values_{};
  std::size_t used_values_ = 0;            ///< of these
  std::vector<std::int64_t> hidden_;       ///< seq of what the hidden state is the sum of, beside the residual
  std::vector<std::int64_t> next_hidden_;  ///< of the next layer's
};

}  // namespace upmem_des

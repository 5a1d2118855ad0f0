#include "model/decoder_source.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "model/blocks/calls.hpp"
#include "model/run_description.hpp"
#include "upmem_des/trace/recognise.hpp"
#include "workload/fixed_run.hpp"

namespace upmem_des {

namespace {

/// One more than the largest Value that a layer's calls give each other.
std::size_t used_values(const DecoderDescription& description) {
  std::size_t used = first_value;
  const auto see = [&](const std::vector<Call>& calls) {
    for (const Call& call : calls)
      if (call.result != last_value) used = std::max<std::size_t>(used, call.result + std::size_t{1});
  };
  see(description.prologue);
  for (const LayerGroup& group : description.groups)
    for (const auto* calls : {&group.calls, &group.experts.calls, &group.after_experts}) see(*calls);
  see(description.epilogue);
  return used;
}

/// Heads of the cache: as attention says itself, else as the configuration does. None without attention.
std::optional<std::int64_t> cache_heads(const DecoderDescription& description, const DecoderConfig& config) {
  for (const LayerGroup& group : description.groups)
    for (const Call& call : group.calls) {
      const auto* attention = call.operation == nullptr ? nullptr : as<operation::Attention>(*call.operation);
      if (attention != nullptr && attention->cache_heads > 0) return attention->cache_heads;
    }
  return config.num_key_value_heads > 0 ? std::optional(config.num_key_value_heads) : std::nullopt;
}

/// Is there attention that sees what the run's sliding window says?
bool follows_window(const DecoderDescription& description) {
  for (const LayerGroup& group : description.groups)
    for (const Call& call : group.calls) {
      const auto* attention = call.operation == nullptr ? nullptr : as<operation::Attention>(*call.operation);
      if (call.operation == nullptr || (attention != nullptr && attention->mask == operation::Attention::Mask::Run))
        return true;
    }
  return description.groups.empty();
}

/// Does the layer that ends every pass have the name by which passes are known to end?
bool ends_with_head(const DecoderDescription& description) {
  return !description.epilogue.empty() && description.epilogue.back().name == Name("lm_head");
}

}  // namespace

Phase DecoderSource::phase_of(const std::vector<Slice>& slices) {
  const bool is_prefill = std::any_of(slices.begin(), slices.end(),
                                      [](const Slice& slice) { return slice.cached_rows == 0 || slice.new_rows > 1; });
  return is_prefill ? Phase::Prefill : Phase::Decode;
}

bool DecoderSource::looks_at_sequences(const LayerEvent& event) {
  const Operation& operation = operation_of(event);
  return as<operation::Attention>(operation) != nullptr || as<operation::StateScan>(operation) != nullptr;
}

DecoderSource::DecoderSource(const DecoderConfig& config, const DecoderRun& run, const SourceLocation& where)
    : DecoderSource(config, run,
                    std::make_unique<FixedRun>(first_slices(run), run.output_tokens, run.first_decode_pass), where) {
  is_one_batch_ = true;
}

DecoderSource::DecoderSource(const DecoderConfig& config, const DecoderRun& run, std::unique_ptr<StepSource> steps,
                             const SourceLocation& where)
    : description_(description_of(config, run)),
      run_(run),
      router_(run.routing, run.routing_seed, run.routing_exponent),
      steps_(std::move(steps)) {
  check(run, description_, where);
  header_.model = config.model;
  header_.dtype = run.dtype;
  header_.batch = run.batch;
  header_.source = "weight-free: " + config.source;
  header_.weight_dtype = run.weight_dtype;
  if (keeps_formats(config, run)) {
    header_.weight_dtype = config.weight_formats.format;
    header_.activation_dtype = config.weight_formats.activations;
  }
  header_.num_key_value_heads = cache_heads(description_, config);
  if (description_.vocab_size > 0) header_.vocab_size = description_.vocab_size;
  header_.marks_passes = !ends_with_head(description_);
  if (follows_window(description_)) header_.sliding_window = config.sliding_window;

  used_values_ = used_values(description_);
  passes_[static_cast<std::size_t>(Phase::Prefill)] = ready(Phase::Prefill);
  passes_[static_cast<std::size_t>(Phase::Decode)] = ready(Phase::Decode);
  // As kernels the sampler is the pass's last event.
  if (run.sampling && run.detail == Detail::layers) {
    const Sizes logits{Size::Kind::Sampled, description_.vocab_size};
    sampling_calls_.push_back(
        function("softmax", "probs", operation::Pointwise{operation::Pointwise::Function::Softmax}, logits, logits));
    if (!description_.epilogue.empty() && description_.epilogue.back().result != last_value)
      sampling_calls_.back().reads = {description_.epilogue.back().result};
  }
  sampling_ = ready(sampling_calls_, Phase::Decode);
  sampling_paths_ = paths_of(sampling_calls_, run.attention, Phase::Decode);
}

DecoderSource::ReadyPass DecoderSource::ready(Phase phase) const {
  ReadyPass pass;
  pass.prologue = ready(description_.prologue, phase);
  pass.prologue_paths = paths_of(description_.prologue, run_.attention, phase);
  std::map<std::string, std::int64_t> layers;  // by the groups' paths
  for (const LayerGroup& group : description_.groups) {
    std::int64_t& before = layers[group.path];
    const std::int64_t first_layer = before;
    before += group.layers;
    if (group.layers == 0) continue;
    ReadyGroup made;
    made.group = &group;
    if (!group.phase || *group.phase == phase) {
      made.paths = paths_of(group, first_layer, run_.attention, phase);
      made.calls = ready(group.calls, phase);
      made.expert_calls = ready(group.experts.calls, phase);
      made.after_experts = ready(group.after_experts, phase);
    }
    pass.groups.push_back(std::move(made));
  }
  pass.epilogue = ready(description_.epilogue, phase);
  pass.epilogue_paths = paths_of(description_.epilogue, run_.attention, phase);
  return pass;
}

bool DecoderSource::next(LayerEvent& event) {
  while (!has_calls()) {
    if (!next_at_once(*steps_, progress_, slices_)) return false;
    open_pass();
  }
  make_event(event);
  return true;
}

/// Goes on to where there are further calls of the pass, and of the sampling after it.
bool DecoderSource::has_calls() {
  while (at_ == end_ && section_ != Section::BetweenPasses) open_next();
  return at_ != end_;
}

Answer DecoderSource::ask() {
  if (has_next_pass_) return Answer::step();
  const Answer answer = steps_->next(progress_, slices_);
  has_next_pass_ = answer.kind == Answer::Kind::Step;
  return answer;
}

void DecoderSource::make_event(LayerEvent& event) {
  const ReadyCall& made = *at_++;
  const Call& call = *made.call;
  event.clear_optional();
  event.seq = seq_++;
  event.kind = call.kind;
  event.type = call.type;
  event.name = call.name;
  if (call.id)
    event.id = id_base_ + *call.id;
  else
    event.id.reset();
  event.phase = phase_;
  event.step = step_;
  event.input_shape = made.input;
  event.weight_shape = call.weight;
  event.output_shape = made.output;
  event.path = *path_++;
  if (section_ == Section::Experts) event.experts.push_back(expert_);
  event.operation = call.operation;
  event.ends_pass = section_ == Section::Epilogue && at_ == end_;
  if (ragged_ != nullptr && looks_at_sequences(event)) event.slices = ragged_;
  wait(call, event);
}

/// Fills event.deps: ascending, without repetition. Only the first event of the stream has none.
void DecoderSource::wait(const Call& call, LayerEvent& event) {
  std::vector<std::int64_t>& deps = event.deps;
  deps.clear();
  for (const Value value : call.reads) {
    if (value == hidden_state)
      deps.insert(deps.end(), hidden_.begin(), hidden_.end());
    else if (value != previous_event && values_[value] >= 0)
      deps.push_back(values_[value]);
  }
  if (deps.empty()) {
    if (event.seq > 0) deps.push_back(event.seq - 1);
  } else if (deps.size() > 1) {
    std::sort(deps.begin(), deps.end());
    deps.erase(std::unique(deps.begin(), deps.end()), deps.end());
  }
  values_[call.result] = event.seq;
  if (call.adds_to_hidden) next_hidden_.push_back(event.seq);
}

/// What was added to the residual stream is the next layer's hidden state.
void DecoderSource::begin_layer() {
  std::fill_n(values_.begin(), used_values_, -1);
  hidden_.swap(next_hidden_);
  next_hidden_.clear();
}

std::optional<std::int64_t> DecoderSource::expected_events() const {
  const bool has_experts =
      std::any_of(description_.groups.begin(), description_.groups.end(),
                  [](const LayerGroup& group) { return group.layers > 0 && group.experts.experts > 0; });
  if (has_experts && !run_.call_empty_experts && (run_.routing != Routing::round_robin || !run_.prompts.empty()))
    return std::nullopt;
  return events_of_pass(passes_[0], run_.prompt_tokens) +
         (run_.output_tokens - run_.first_decode_pass) * events_of_pass(passes_[1], 1);
}

std::int64_t DecoderSource::events_of_pass(const ReadyPass& pass, std::int64_t tokens) const {
  auto events = static_cast<std::int64_t>(pass.prologue.size() + pass.epilogue.size() + sampling_.size());
  for (const ReadyGroup& group : pass.groups) {
    const ExpertGroup& experts = group.group->experts;
    // Round robin: each further token reaches one further expert, until all are reached.
    const std::int64_t called =
        run_.call_empty_experts ? experts.experts
                                : (experts.chosen == 0 ? 0 : std::min(experts.experts, experts.chosen + tokens - 1));
    events += group.group->layers * (static_cast<std::int64_t>(group.calls.size() + group.after_experts.size()) +
                                     called * static_cast<std::int64_t>(group.expert_calls.size()));
  }
  return events;
}

DecoderSource::ReadyCalls DecoderSource::ready(const std::vector<Call>& calls, Phase phase) const {
  ReadyCalls all;
  for (const Call& call : calls) {
    if (!is_made(call, run_.attention, phase)) continue;
    ReadyCall made;
    made.call = &call;
    all.push_back(made);
  }
  return all;
}

void DecoderSource::resolve(ReadyCalls& calls) const {
  for (ReadyCall& made : calls) {
    made.input = sizes_.of(made.call->input);
    made.output = sizes_.of(made.call->output);
  }
}

void DecoderSource::open(Section section, const ReadyCalls& calls, std::int64_t id_base, const Name* paths) {
  section_ = section;
  at_ = calls.data();
  end_ = at_ + calls.size();
  id_base_ = id_base;
  path_ = paths;
}

const Name* DecoderSource::paths_of_row(const std::vector<Name>& paths, std::int64_t row, const ReadyCalls& calls) {
  return paths.data() + static_cast<std::size_t>(row) * calls.size();
}

void DecoderSource::open_next() {
  switch (section_) {
    case Section::Prologue:
      group_ = 0;
      layer_in_group_ = 0;
      layer_ = 0;
      layer_id_ = description_.first_layer_id;
      open_layer();
      break;
    case Section::LayerCalls:
      expert_ = -1;
      count_expert_rows();
      open_expert();
      break;
    case Section::Experts:
      open_expert();
      break;
    case Section::AfterExperts:
      layer_id_ += now_->groups[group_].group->modules;
      ++layer_;
      if (++layer_in_group_ == now_->groups[group_].group->layers) {
        layer_in_group_ = 0;
        ++group_;
      }
      open_layer();
      break;
    case Section::Epilogue:
      // The token that is sampled now belongs to the next pass.
      phase_ = Phase::Decode;
      ++step_;
      open(Section::Sampling, sampling_, 0, sampling_paths_.data());
      break;
    case Section::Sampling:
      section_ = Section::BetweenPasses;
      break;
    case Section::BetweenPasses:
      break;
  }
}

/// Opens the pass that has been given.
void DecoderSource::open_pass() {
  has_next_pass_ = false;
  ++opened_;
  phase_ = phase_of(slices_.slices);
  step_ = slices_.number;
  sizes_ = PassSizes::of_slices(slices_.slices, run_.logits, !is_one_batch_);
  ragged_ = sizes_.is_flat ? std::make_shared<const std::vector<Slice>>(slices_.slices) : nullptr;
  open_parts();
  now_ = &passes_[static_cast<std::size_t>(phase_)];
  resolve(now_->prologue);
  for (ReadyGroup& group : now_->groups) {
    resolve(group.calls);
    group.expert_rows = -1;
    resolve(group.after_experts);
  }
  resolve(now_->epilogue);
  resolve(sampling_);
  hidden_.clear();
  next_hidden_.clear();
  values_.fill(-1);
  open(Section::Prologue, now_->prologue, 0, now_->prologue_paths.data());
}

void DecoderSource::open_layer() {
  begin_layer();
  if (group_ == now_->groups.size()) {
    open(Section::Epilogue, now_->epilogue, 0, now_->epilogue_paths.data());
    return;
  }
  const ReadyGroup& group = now_->groups[group_];
  open(Section::LayerCalls, group.calls, layer_id_, paths_of_row(group.paths.calls, layer_in_group_, group.calls));
}

void DecoderSource::count_expert_rows() {
  const ExpertGroup& experts = now_->groups[group_].group->experts;
  if (experts.experts == 0 || now_->groups[group_].expert_calls.empty()) return;
  if (expert_rows_of_run_) {
    expert_rows_.assign(static_cast<std::size_t>(experts.experts), 0);
    expert_rows_of_run_(expert_rows_);
  } else {
    router_.count_rows({experts.experts, experts.chosen, experts.groups, experts.chosen_groups}, layer_, slices_.slices,
                       expert_rows_);
  }
}

void DecoderSource::open_expert() {
  ReadyGroup& ready_group = now_->groups[group_];
  const ExpertGroup& experts = ready_group.group->experts;
  ++expert_;
  if (ready_group.expert_calls.empty()) expert_ = experts.experts;
  if (!run_.call_empty_experts)
    while (expert_ < experts.experts && expert_rows_[static_cast<std::size_t>(expert_)] == 0) ++expert_;
  if (expert_ >= experts.experts) {
    open(Section::AfterExperts, ready_group.after_experts, layer_id_,
         paths_of_row(ready_group.paths.after_experts, layer_in_group_, ready_group.after_experts));
    return;
  }
  const std::int64_t rows = expert_rows_[static_cast<std::size_t>(expert_)];
  if (rows != ready_group.expert_rows) {
    ready_group.expert_rows = rows;
    sizes_.expert_rows = rows;
    resolve(ready_group.expert_calls);
  }
  open(Section::Experts, ready_group.expert_calls, layer_id_ + experts.first_id + expert_ * experts.modules,
       paths_of_row(ready_group.paths.expert_calls, layer_in_group_ * experts.experts + expert_,
                    ready_group.expert_calls));
}

}  // namespace upmem_des

#include "model/decoder_source.hpp"

#include <algorithm>
#include <utility>

#include "model/families/parts.hpp"
#include "model/family_registry.hpp"

namespace upmem_des {

DecoderSource::DecoderSource(const DecoderConfig& config, const DecoderRun& run, const SourceLocation& where)
    : description_(describe_decoder(config)), run_(run), router_(run.routing, run.routing_seed) {
  check(run, description_, where);
  header_.model = config.model;
  header_.dtype = run.dtype;
  header_.batch = run.batch;
  header_.source = "weight-free: " + config.source;
  header_.num_key_value_heads = config.num_key_value_heads;
  header_.sliding_window = config.sliding_window;

  prologue_ = ready(description_.prologue);
  prologue_paths_ = paths_of(description_.prologue, run.attention);
  std::int64_t first_layer = 0;
  for (const LayerGroup& group : description_.groups) {
    if (group.layers == 0) continue;
    ReadyGroup made;
    made.group = &group;
    made.paths = paths_of(group, first_layer, run.attention);
    first_layer += group.layers;
    made.calls = ready(group.calls);
    made.expert_calls = ready(group.experts.calls);
    made.after_experts = ready(group.after_experts);
    groups_.push_back(std::move(made));
  }
  epilogue_ = ready(description_.epilogue);
  epilogue_paths_ = paths_of(description_.epilogue, run.attention);
  const std::vector<Size> logits = {Size::Kind::Batch, description_.vocab_size};
  if (run.sampling) sampling_calls_.push_back(function("softmax", "probs", logits, logits));
  sampling_ = ready(sampling_calls_);
  sampling_paths_ = paths_of(sampling_calls_, run.attention);
}

bool DecoderSource::next(LayerEvent& event) {
  while (at_ == end_) {
    if (section_ == Section::End) return false;
    open_next();
  }
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
  dependencies_.fill(event);
  return true;
}

std::optional<std::int64_t> DecoderSource::expected_events() const {
  const bool has_experts = std::any_of(groups_.begin(), groups_.end(),
                                       [](const ReadyGroup& group) { return group.group->experts.experts > 0; });
  if (has_experts && !run_.call_empty_experts && run_.routing == Routing::uniform_random) return std::nullopt;
  return events_of_pass(run_.prompt_tokens) + (run_.output_tokens - run_.first_decode_pass) * events_of_pass(1);
}

std::int64_t DecoderSource::events_of_pass(std::int64_t tokens) const {
  auto events = static_cast<std::int64_t>(prologue_.size() + epilogue_.size() + sampling_.size());
  for (const ReadyGroup& group : groups_) {
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

DecoderSource::ReadyCalls DecoderSource::ready(const std::vector<Call>& calls) const {
  ReadyCalls all;
  for (const Call& call : calls) {
    if (!is_made(call, run_.attention)) continue;
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
    case Section::Beginning:
      open_pass();
      break;
    case Section::Prologue:
      group_ = 0;
      layer_in_group_ = 0;
      layer_ = 0;
      layer_id_ = description_.first_layer_id;
      open_layer();
      break;
    case Section::LayerCalls: {
      const ExpertGroup& experts = groups_[group_].group->experts;
      expert_ = -1;
      if (experts.experts > 0)
        router_.count_rows(experts.experts, experts.chosen, layer_, sizes_.total_tokens - sizes_.new_tokens,
                           sizes_.new_tokens, sizes_.batch, expert_rows_);
      open_expert();
      break;
    }
    case Section::Experts:
      open_expert();
      break;
    case Section::AfterExperts:
      layer_id_ += groups_[group_].group->modules;
      ++layer_;
      if (++layer_in_group_ == groups_[group_].group->layers) {
        layer_in_group_ = 0;
        ++group_;
      }
      open_layer();
      break;
    case Section::Epilogue:
      // The token that is sampled now belongs to the next pass.
      phase_ = Phase::Decode;
      step_ = pass_ + 1;
      open(Section::Sampling, sampling_, 0, sampling_paths_.data());
      break;
    case Section::Sampling:
      pass_ = std::max(pass_ + 1, run_.first_decode_pass);
      open_pass();
      break;
    case Section::End:
      break;
  }
}

void DecoderSource::open_pass() {
  if (pass_ >= run_.output_tokens) {
    section_ = Section::End;
    return;
  }
  const bool prefill = pass_ == 0;
  phase_ = prefill ? Phase::Prefill : Phase::Decode;
  step_ = pass_;
  sizes_.batch = run_.batch;
  sizes_.new_tokens = prefill ? run_.prompt_tokens : 1;
  sizes_.total_tokens = run_.prompt_tokens + pass_;
  sizes_.logit_tokens = run_.logits == Logits::all ? sizes_.new_tokens : 1;
  resolve(prologue_);
  for (ReadyGroup& group : groups_) {
    resolve(group.calls);
    group.expert_rows = -1;
    resolve(group.after_experts);
  }
  resolve(epilogue_);
  resolve(sampling_);
  open(Section::Prologue, prologue_, 0, prologue_paths_.data());
}

void DecoderSource::open_layer() {
  if (group_ == groups_.size()) {
    open(Section::Epilogue, epilogue_, 0, epilogue_paths_.data());
    return;
  }
  const ReadyGroup& group = groups_[group_];
  open(Section::LayerCalls, group.calls, layer_id_, paths_of_row(group.paths.calls, layer_in_group_, group.calls));
}

void DecoderSource::open_expert() {
  ReadyGroup& ready_group = groups_[group_];
  const ExpertGroup& experts = ready_group.group->experts;
  ++expert_;
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

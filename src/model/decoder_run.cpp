#include "upmem_des/model/decoder_run.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "model/decoder_paths.hpp"
#include "upmem_des/model/decoder_description.hpp"
#include "util/number_text.hpp"
#include "workload/fixed_run.hpp"

namespace upmem_des {

namespace {

constexpr double max_draws = 1e10;

template <typename Choice, std::size_t count>
using Names = std::array<std::pair<const char*, Choice>, count>;

constexpr Names<Attention, 2> attentions{{{"sdpa", Attention::sdpa}, {"eager", Attention::eager}}};
constexpr Names<Logits, 2> logits_choices{{{"all", Logits::all}, {"last", Logits::last}}};
constexpr Names<Routing, 4> routings{{{"round_robin", Routing::round_robin},
                                      {"balanced", Routing::balanced},
                                      {"uniform_random", Routing::uniform_random},
                                      {"zipf", Routing::zipf}}};

constexpr Names<Detail, 2> details{{{"layers", Detail::layers}, {"kernels", Detail::kernels}}};

template <typename Choice, std::size_t count>
const char* name_of(const Names<Choice, count>& names, Choice choice) {
  return names.at(static_cast<std::size_t>(choice)).first;
}

template <typename Choice, std::size_t count>
std::optional<Choice> named(const Names<Choice, count>& names, std::string_view text) {
  for (const auto& [name, choice] : names)
    if (text == name) return choice;
  return std::nullopt;
}

template <typename Choice, std::size_t count>
std::vector<std::string> all_names(const Names<Choice, count>& names) {
  std::vector<std::string> all;
  for (const auto& choice : names) all.emplace_back(choice.first);
  return all;
}

/// Holds the tensors of one pass to Shape's bounds.
class ShapeCheck {
 public:
  /// `option` is what makes the pass large: its name and value go into the message.
  ShapeCheck(const SourceLocation& where, std::string option, std::int64_t value, const PassSizes& sizes)
      : where_(where), option_(std::move(option)), value_(value), sizes_(sizes) {}

  void operator()(const std::vector<Call>& calls, Attention attention, Phase phase) const {
    for (const Call& call : calls) {
      if (!is_made(call, attention, phase)) continue;
      if (call.weight && !shape_problem(*call.weight).empty())
        throw InputError(where_, "model",
                         "'" + call.name.str() + "' has a weight of shape " + call.weight->str() + bounds +
                             "; expected a smaller model");
      for (const Shape& shape : {sizes_.of(call.input), sizes_.of(call.output)})
        if (!shape_problem(shape).empty())
          throw InputError(where_, option_,
                           std::to_string(value_) + " with batch " + std::to_string(sizes_.batch) + " gives '" +
                               call.name.str() + "' the shape " + shape.str() + bounds +
                               "; expected fewer tokens or a smaller batch");
    }
  }

 private:
  static constexpr const char* bounds = ", above the bounds of 1e9 a size and 1e15 elements";

  const SourceLocation& where_;
  std::string option_;
  std::int64_t value_;
  PassSizes sizes_;
};

void check_shapes(const DecoderDescription& description, Attention attention, Phase phase,
                  const ShapeCheck& check_calls) {
  check_calls(description.prologue, attention, phase);
  for (const LayerGroup& group : description.groups) {
    if (group.phase && *group.phase != phase) continue;
    check_calls(group.calls, attention, phase);
    check_calls(group.experts.calls, attention, phase);
    check_calls(group.after_experts, attention, phase);
  }
  check_calls(description.epilogue, attention, phase);
}

/// What every family's builder keeps to; families may come from outside this project.
void check_groups(const DecoderDescription& description, const SourceLocation& where) {
  for (const LayerGroup& group : description.groups) {
    const ExpertGroup& experts = group.experts;
    if (group.layers < 0 || experts.experts < 0 || experts.chosen < 0 || experts.chosen > experts.experts)
      throw InputError(where, "model",
                       std::to_string(experts.chosen) + " of " + std::to_string(experts.experts) + " experts in " +
                           std::to_string(group.layers) + " layers; expected no more chosen experts than there are");
    const std::int64_t of_groups = experts.groups > 0 ? experts.experts / experts.groups * experts.chosen_groups : 0;
    const bool divides = experts.groups > 0 && experts.experts % experts.groups == 0;
    if (!divides || experts.chosen_groups < 1 || experts.chosen_groups > experts.groups || of_groups < experts.chosen)
      throw InputError(where, "model",
                       std::to_string(experts.chosen_groups) + " of " + std::to_string(experts.groups) +
                           " groups of experts; expected equal groups, of which enough are chosen for " +
                           std::to_string(experts.chosen) + " experts");
  }
}

void check_paths(const DecoderDescription& description, const SourceLocation& where) {
  double paths = 0;
  for (const LayerGroup& group : description.groups) paths += path_count(group);
  if (paths > static_cast<double>(max_paths))
    throw InputError(
        where, "model",
        number_text(paths) + " calls in its layers and their experts; expected at most " + std::to_string(max_paths));
}

double prompt_rows(const DecoderRun& run) {
  double rows = 0;
  for (const Slice& slice : first_slices(run))
    rows += static_cast<double>(slice.sequences) * static_cast<double>(slice.new_rows);
  return rows;
}

void check_draws(const DecoderRun& run, const DecoderDescription& description, const SourceLocation& where) {
  if (run.routing != Routing::uniform_random && run.routing != Routing::zipf) return;
  double draws = 0;
  for (const LayerGroup& group : description.groups)
    draws += prompt_rows(run) * static_cast<double>(group.layers) * static_cast<double>(group.experts.chosen);
  if (draws > max_draws)
    throw InputError(
        where, "routing",
        "'" + std::string(to_string(run.routing)) +
            "' would draw more than 1e10 experts in prefill; expected fewer prompt_tokens, a smaller batch "
            "or 'balanced'");
}

void check_prompts(const DecoderRun& run, const SourceLocation& where) {
  if (run.prompts.empty()) return;
  if (static_cast<std::int64_t>(run.prompts.size()) != run.batch)
    throw InputError(where, "prompt_tokens",
                     std::to_string(run.prompts.size()) + " prompts for a batch of " + std::to_string(run.batch) +
                         " rows; expected one for each");
  for (const std::int64_t tokens : run.prompts)
    if (tokens < 1 || tokens > run.prompt_tokens)
      throw InputError(where, "prompt_tokens",
                       std::to_string(tokens) + "; expected a whole number from 1 to " +
                           std::to_string(run.prompt_tokens) + ", the longest");
  if (run.attention == Attention::eager && first_slices(run).size() > 1)
    throw InputError(
        where, "attention",
        "eager pads prompts to one length, which is not simulated; expected sdpa with prompts of different "
        "lengths");
}

void check_range(const SourceLocation& where, const char* option, std::int64_t value, std::int64_t max) {
  if (value < 1 || value > max)
    throw InputError(where, option,
                     std::to_string(value) + "; expected a whole number from 1 to " + std::to_string(max));
}

}  // namespace

const char* to_string(Attention attention) {
  return name_of(attentions, attention);
}
const char* to_string(Logits logits) {
  return name_of(logits_choices, logits);
}
const char* to_string(Routing routing) {
  return name_of(routings, routing);
}
const char* to_string(Detail detail) {
  return name_of(details, detail);
}

std::optional<Attention> parse_attention(std::string_view text) {
  return named(attentions, text);
}
std::optional<Logits> parse_logits(std::string_view text) {
  return named(logits_choices, text);
}
std::optional<Routing> parse_routing(std::string_view text) {
  return named(routings, text);
}
std::optional<Detail> parse_detail(std::string_view text) {
  return named(details, text);
}

const std::vector<std::string>& attention_names() {
  static const std::vector<std::string> names = all_names(attentions);
  return names;
}

const std::vector<std::string>& logits_names() {
  static const std::vector<std::string> names = all_names(logits_choices);
  return names;
}

const std::vector<std::string>& routing_names() {
  static const std::vector<std::string> names = all_names(routings);
  return names;
}

const std::vector<std::string>& detail_names() {
  static const std::vector<std::string> names = all_names(details);
  return names;
}

std::string difference(const DecoderSettings& a, const DecoderSettings& b) {
  if (a.prompt_tokens != b.prompt_tokens || a.prompts != b.prompts) return "prompt_tokens";
  if (a.output_tokens != b.output_tokens) return "output_tokens";
  if (a.attention != b.attention) return "attention";
  if (a.logits != b.logits) return "logits";
  if (a.sampling != b.sampling) return "sampling";
  if (a.routing != b.routing) return "routing";
  if (a.routing_seed != b.routing_seed) return "routing_seed";
  if (a.routing_exponent != b.routing_exponent) return "routing_exponent";
  if (a.detail != b.detail) return "detail";
  if (a.last_layers != b.last_layers) return "last_layers";
  return a.call_empty_experts != b.call_empty_experts ? "call_empty_experts" : "";
}

std::vector<Slice> first_slices(const DecoderRun& run) {
  return run.prompts.empty() ? std::vector<Slice>{{0, run.batch, run.prompt_tokens, 0}}
                             : slices_of_prompts(run.prompts);
}

DecoderRun shortened(DecoderRun run) {
  run.first_decode_pass = std::max<std::int64_t>(run.output_tokens - 1, 1);
  return run;
}

void check(const DecoderRun& run, const DecoderDescription& description, const SourceLocation& where) {
  check_range(where, "prompt_tokens", run.prompt_tokens, most_run_tokens);
  check_range(where, "output_tokens", run.output_tokens, most_run_tokens);
  check_range(where, "batch", run.batch, most_run_rows);
  if (!(run.routing_exponent >= 0 && run.routing_exponent <= 100))
    throw InputError(where, "routing_exponent",
                     number_text(run.routing_exponent) + "; expected a number from 0 to 100");
  check_groups(description, where);
  check_paths(description, where);

  check_prompts(run, where);
  std::vector<Slice> slices = first_slices(run);
  PassSizes prefill = PassSizes::of_slices(slices, run.logits);
  prefill.expert_rows = prefill.of(Size::Kind::Rows);  // all rows may go to one expert
  check_shapes(description, run.attention, Phase::Prefill,
               ShapeCheck(where, "prompt_tokens", run.prompt_tokens, prefill));
  if (run.output_tokens > 1) {
    for (Slice& slice : slices) slice = {slice.first, slice.sequences, 1, slice.new_rows + run.output_tokens - 2};
    PassSizes decode = PassSizes::of_slices(slices, run.logits);
    decode.expert_rows = run.batch;
    check_shapes(description, run.attention, Phase::Decode,
                 ShapeCheck(where, "output_tokens", run.output_tokens, decode));
  }
  check_draws(run, description, where);
}

}  // namespace upmem_des

#include "model/run_description.hpp"

#include <algorithm>
#include <utility>

#include "model/blocks/kernels.hpp"
#include "model/call_choice.hpp"
#include "model/stored_formats.hpp"
#include "upmem_des/model/family_registry.hpp"

namespace upmem_des {

namespace {

/// Is there a part of it that goes on from token to token?
bool is_decoder(const DecoderDescription& description) {
  for (const LayerGroup& group : description.groups)
    for (const Call& call : group.calls) {
      if (call.operation == nullptr) continue;
      const auto* attention = as<operation::Attention>(*call.operation);
      if (attention != nullptr ? attention->is_cached : as<operation::StateScan>(*call.operation) != nullptr)
        return true;
    }
  return false;
}

/// Does the model end with logits of words, of which tokens are sampled?
bool gives_tokens(const DecoderDescription& description) {
  const auto is_head = [&](const Call& call) {
    const auto* product = call.operation == nullptr ? nullptr : as<operation::Product>(*call.operation);
    return product != nullptr && product->is_head && (*call.weight)[1] == description.vocab_size;
  };
  return description.vocab_size > 0 && is_decoder(description) &&
         std::any_of(description.epilogue.begin(), description.epilogue.end(), is_head);
}

void keep_last_layers(std::int64_t layers, DecoderDescription& description) {
  for (auto group = description.groups.rbegin(); group != description.groups.rend(); ++group) {
    group->layers = std::min(group->layers, layers);
    layers -= group->layers;
  }
}

}  // namespace

bool keeps_formats(const DecoderConfig& config, const DecoderRun& run) {
  return !run.weight_dtype && config.weight_formats.format;
}

DecoderDescription description_of(const DecoderConfig& config, const DecoderRun& run) {
  DecoderDescription description = describe_all_calls(config);
  if (keeps_formats(config, run)) leave_out(config.weight_formats, description);
  if (run.last_layers > 0) keep_last_layers(run.last_layers, description);
  choose_calls(description, run.detail, run.asked_for);
  if (run.detail == Detail::kernels && gives_tokens(description)) {
    Call last = sampler(description.vocab_size, run.sampling);
    if (run.sampling && std::count(run.asked_for.begin(), run.asked_for.end(), "probs") > 0) last.name = Name("probs");
    description.epilogue.push_back(std::move(last));
  }
  return description;
}

std::set<std::string> fused_layers(const DecoderConfig& config) {
  std::set<std::string> names;
  const DecoderDescription description = describe_all_calls(config);
  for (const LayerGroup& group : description.groups)
    for (const std::vector<Call>* calls : {&group.calls, &group.experts.calls, &group.after_experts})
      for (const Call& call : *calls)
        for (const Name& name : call.fusion) names.insert(name.str());
  return names;
}

}  // namespace upmem_des

#include "model/blocks/layer_builder.hpp"

#include <algorithm>
#include <utility>

#include "upmem_des/trace/layer_event.hpp"
#include "upmem_des/util/error.hpp"

namespace upmem_des {

LayerBuilder::LayerBuilder(std::initializer_list<std::string_view> constructed) {
  for (const std::string_view path : constructed) ids_.emplace(path, taken_++);
}

std::vector<Call>& LayerBuilder::target() {
  if (part_ == Part::Experts) return group_.experts.calls;
  return part_ == Part::Calls ? group_.calls : group_.after_experts;
}

std::int64_t LayerBuilder::id_of(const std::string& path, bool is_expert) {
  if (is_expert) return expert_ids_.emplace(path, static_cast<std::int64_t>(expert_ids_.size())).first->second;
  const auto [place, is_new] = ids_.emplace(path, taken_);
  if (is_new) ++taken_;
  return place->second;
}

Block LayerBuilder::block_of(const Call& call) const {
  if (part_ == Part::Experts) return Block::Experts;
  if (call.operation == nullptr) return block_;
  if (std::holds_alternative<operation::Norm>(*call.operation)) return Block::Norm;
  if (std::holds_alternative<operation::Gather>(*call.operation)) return Block::Embedding;
  if (const auto* product = as<operation::Product>(*call.operation)) {
    if (product->is_router) return Block::Router;
    if (product->is_head) return Block::Head;
  }
  return block_;
}

Value LayerBuilder::reserve() {
  if (next_ == last_value) throw InputError("a layer of more calls than events can wait for; expected fewer");
  return next_++;
}

void LayerBuilder::add_fused(Value result, Call call, const std::vector<Value>& reads, const std::vector<Value>& gives,
                             std::vector<Name> fusion, const std::string& first_path) {
  call.when = Call::When::Fused;
  call.gives = gives;
  call.fusion = std::move(fusion);
  if (call.kind == EventKind::Layer) call.id = id_of(first_path, part_ == Part::Experts);
  add_instead(result, std::move(call), reads);
}

Value LayerBuilder::add_kernel(Call call, const std::vector<Value>& reads, const std::vector<Value>& stands_for) {
  call.when = Call::When::Kernels;
  call.stands_for = stands_for;
  return add(std::move(call), reads);
}

void LayerBuilder::mark(Value value, bool Call::*flag) {
  for (std::vector<Call>* calls : {&group_.calls, &group_.experts.calls, &group_.after_experts})
    for (Call& call : *calls)
      if (call.result == value) call.*flag = true;
}

void LayerBuilder::carry(Value value) {
  mark(value, &Call::carries_stream);
}

Value LayerBuilder::add_instead(Value value, Call call, const std::vector<Value>& reads) {
  if (call.kind == EventKind::Layer && !call.id) call.id = id_of(call.path, part_ == Part::Experts);
  call.result = value;
  call.reads = reads;
  call.block = block_of(call);
  target().push_back(std::move(call));
  return value;
}

Value LayerBuilder::add(Call call, const std::vector<Value>& reads) {
  return add_instead(reserve(), std::move(call), reads);
}

Value LayerBuilder::add(Call call, std::initializer_list<Value> reads) {
  return add(std::move(call), std::vector<Value>(reads));
}

void LayerBuilder::add_to_hidden(Value value) {
  mark(value, &Call::adds_to_hidden);
}

void LayerBuilder::add_to_hidden_as_layer(Value value) {
  mark(value, &Call::adds_as_layer);
}

void LayerBuilder::set_experts(std::string path, std::int64_t experts, std::int64_t chosen, std::int64_t groups,
                               std::int64_t chosen_groups) {
  group_.experts.path = std::move(path);
  group_.experts.experts = experts;
  group_.experts.chosen = chosen;
  group_.experts.groups = groups;
  group_.experts.chosen_groups = chosen_groups;
}

void LayerBuilder::construct_expert(std::initializer_list<std::string_view> constructed) {
  for (const std::string_view path : constructed)
    expert_ids_.emplace(path, static_cast<std::int64_t>(expert_ids_.size()));
}

std::int64_t LayerBuilder::modules() const {
  return taken_ + group_.experts.experts * static_cast<std::int64_t>(expert_ids_.size());
}

LayerGroup LayerBuilder::group(std::int64_t layers, const std::string& path) const {
  LayerGroup group = group_;
  group.layers = layers;
  group.path = path;
  group.modules = modules();
  group.experts.modules = static_cast<std::int64_t>(expert_ids_.size());
  // Declared with the layer's modules where their order matters, else after them.
  const auto declared = ids_.find(group.experts.path);
  group.experts.first_id = declared == ids_.end() ? taken_ : declared->second;
  if (declared == ids_.end() || group.experts.experts == 0) return group;
  // The experts stand in one place of the order: all that was constructed after them moves up.
  const std::int64_t more = group.experts.experts * group.experts.modules - 1;
  group.modules -= 1;
  for (std::vector<Call>* calls : {&group.calls, &group.after_experts})
    for (Call& call : *calls)
      if (call.id && *call.id > declared->second) *call.id += more;
  return group;
}

std::vector<Call> LayerBuilder::calls(std::int64_t first_id) const {
  std::vector<Call> calls = group_.calls;
  for (Call& call : calls)
    if (call.id) *call.id += first_id;
  return calls;
}

}  // namespace upmem_des

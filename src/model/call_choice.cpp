#include "model/call_choice.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace upmem_des {

namespace {

using operation::Norm;
using operation::Product;
using When = Call::When;
using Lists = std::vector<std::vector<Call>*>;

const Product* product_of(const Call& call) {
  return call.operation == nullptr ? nullptr : as<Product>(*call.operation);
}

/// Of the calls whose values are numbered together.
class Scope {
 public:
  Scope(Lists lists, Detail detail, const std::set<std::string>& asked_for)
      : lists_(std::move(lists)), detail_(detail), asked_for_(asked_for) {}

  void choose() {
    for (const std::vector<Call>* calls : lists_)
      for (const Call& call : *calls)
        if (call.when == When::Fused && is_fused(call)) {
          fused_.insert(call.result);
          fused_.insert(call.gives.begin(), call.gives.end());
          for (const Value value : call.gives) instead_[value] = {call.result};
        }
    for (std::vector<Call>* calls : lists_) {
      std::vector<Call> made;
      for (Call& call : *calls)
        if (is_made(call))
          made.push_back(settled(std::move(call)));
        else if (call.when == When::Kernels)
          look_through(call);
      *calls = std::move(made);
    }
    for (std::vector<Call>* calls : lists_)
      for (Call& call : *calls) call.adds_to_hidden = call.adds_to_hidden || added_.count(call.result) > 0;
  }

 private:
  bool is_fused(const Call& fused) {
    if (detail_ == Detail::layers) return false;
    const auto is_asked_for = [&](Name name) { return asked_for_.count(name.str()) > 0; };
    if (std::any_of(fused.fusion.begin(), fused.fusion.end(), is_asked_for)) return false;
    return product_of(fused) == nullptr || have_one_format(fused);
  }

  /// Are the weights of all layers that the call stands for stored alike, as it then has them?
  bool have_one_format(const Call& fused) {
    std::set<operation::WeightFormat> formats;
    for (const std::vector<Call>* calls : lists_)
      for (const Call& call : *calls)
        if (call.when == When::Apart &&
            (call.result == fused.result || std::count(fused.gives.begin(), fused.gives.end(), call.result) > 0))
          formats.insert(product_of(call)->format);
    if (formats.size() == 1) formats_[fused.result] = *formats.begin();
    return formats.size() == 1;
  }

  bool is_made(const Call& call) const {
    const bool as_kernel = detail_ == Detail::kernels;
    switch (call.when) {
      case When::Always:
        return true;
      case When::Layers:
        return !as_kernel;
      case When::Kernels:
        return as_kernel;
      case When::Fused:
        return fused_.count(call.result) > 0;
      case When::Apart:
        return fused_.count(call.result) == 0;
      case When::ApartKernels:
        break;
    }
    return as_kernel && fused_.count(call.result) == 0;
  }

  Call settled(Call call) const {
    if (detail_ == Detail::kernels) {
      if (!call.kernel_reads.empty()) call.reads = call.kernel_reads;
      if (call.kernel_operation != nullptr) call.operation = call.kernel_operation;
      call.adds_to_hidden = call.adds_to_hidden || call.carries_stream;
    } else {
      call.adds_to_hidden = call.adds_to_hidden || call.adds_as_layer;
      call.carries_stream = false;
    }
    call.adds_as_layer = false;
    if (const auto format = formats_.find(call.result); format != formats_.end() && call.when == When::Fused) {
      Product product = *product_of(call);
      product.format = format->second;
      call.operation = &keep(product);
    }
    call.reads = resolved(call.reads);
    call.when = When::Always;
    call.fusion.clear();
    call.gives.clear();
    call.stands_for.clear();
    call.kernel_reads.clear();
    call.kernel_operation = nullptr;
    return call;
  }

  /// Who reads the result of a call that is not made reads what it stands for.
  void look_through(const Call& call) {
    std::vector<Value>& values = instead_[call.result] = resolved(call.stands_for);
    if (call.adds_to_hidden) added_.insert(values.begin(), values.end());
  }

  std::vector<Value> resolved(const std::vector<Value>& values) const {
    std::vector<Value> all;
    for (const Value value : values) {
      const auto found = instead_.find(value);
      if (found == instead_.end())
        all.push_back(value);
      else
        all.insert(all.end(), found->second.begin(), found->second.end());
    }
    return all;
  }

  Lists lists_;
  Detail detail_;
  const std::set<std::string>& asked_for_;
  std::set<Value> fused_;
  std::map<Value, operation::WeightFormat> formats_;  ///< of a fused call's weights
  std::map<Value, std::vector<Value>> instead_;
  std::set<Value> added_;  ///< to the residual stream
};

Lists lists_of(LayerGroup& group) {
  return {&group.calls, &group.experts.calls, &group.after_experts};
}

/// Makes the norms of the residual stream add what was left open.
void add_first(const Lists& lists) {
  for (std::vector<Call>* calls : lists)
    for (Call& call : *calls) {
      const auto* norm = call.operation == nullptr ? nullptr : as<Norm>(*call.operation);
      if (norm == nullptr || call.reads != std::vector<Value>{hidden_state}) continue;
      Norm adding = *norm;
      adding.adds = true;
      call.operation = &keep(adding);
    }
}

bool leaves_open(LayerGroup& group) {
  for (const std::vector<Call>* calls : lists_of(group))
    if (std::any_of(calls->begin(), calls->end(), [](const Call& call) { return call.carries_stream; })) return true;
  return false;
}

/// The first of equal layers may find a stream that the others do not: then it is a group of its own.
void close_additions(DecoderDescription& description) {
  std::vector<LayerGroup> groups;
  bool is_open = false;
  for (LayerGroup& group : description.groups) {
    const bool leaves = leaves_open(group);
    if (group.layers > 1 && is_open != leaves) {
      LayerGroup first = group;
      first.layers = 1;
      group.layers -= 1;
      if (is_open) add_first(lists_of(first));
      groups.push_back(std::move(first));
      is_open = leaves;
    }
    if (is_open) add_first(lists_of(group));
    if (group.layers > 0) is_open = leaves;
    groups.push_back(std::move(group));
  }
  description.groups = std::move(groups);
  if (is_open) add_first({&description.epilogue});
}

void mark(Call& call, operation::ExpertKernel part) {
  Product product = *product_of(call);
  product.experts = part;
  call.operation = &keep(product);
}

/// Engines compute all experts of a layer in one kernel, unless somebody asks for a part of it. What each does stays a
/// call of its own, since experts may be anywhere.
void join_experts(LayerGroup& group, const std::set<std::string>& asked_for) {
  using operation::ExpertKernel;
  std::vector<Call>& calls = group.experts.calls;
  const auto is_asked_for = [&](const Call& call) {
    return asked_for.count(call.name.str()) > 0 || asked_for.count(call.type.str()) > 0;
  };
  if (calls.size() != 3 || std::any_of(calls.begin(), calls.end(), is_asked_for)) return;
  const Operation* const between_them = calls[1].operation;
  const auto* activation = between_them == nullptr ? nullptr : as<operation::Pointwise>(*between_them);
  if (product_of(calls[0]) == nullptr || activation == nullptr || product_of(calls[2]) == nullptr) return;
  mark(calls[0], ExpertKernel::In);
  operation::Pointwise between = *activation;
  between.in_experts = true;
  calls[1].operation = &keep(between);
  mark(calls[2], ExpertKernel::Out);
  // The router is the last that gives a number for each expert, whether or not its softmax is counted with it.
  const auto routes = [&](const Call& call) {
    return product_of(call) != nullptr && call.weight && call.weight->from_end(0) == group.experts.experts;
  };
  const auto router = std::find_if(group.calls.rbegin(), group.calls.rend(), routes);
  if (router != group.calls.rend()) mark(*router, ExpertKernel::Before);
}

}  // namespace

void choose_calls(DecoderDescription& description, Detail detail, const std::vector<std::string>& asked_for) {
  const std::set<std::string> names(asked_for.begin(), asked_for.end());
  Scope({&description.prologue}, detail, names).choose();
  for (LayerGroup& group : description.groups) Scope(lists_of(group), detail, names).choose();
  Scope({&description.epilogue}, detail, names).choose();
  if (detail != Detail::kernels) return;
  for (LayerGroup& group : description.groups) join_experts(group, names);
  close_additions(description);
}

}  // namespace upmem_des

/// What each kind of operation has, field by field: how both ways of its text know it. Internal to the room.
#pragma once

#include <cstddef>
#include <string>
#include <variant>
#include <vector>

#include "upmem_des/operation/operation.hpp"

namespace upmem_des::operation_text {

using Words = std::vector<std::string>;

// Words stand in the order of their enumeration.

inline const Words& columns_names() {
  static const Words names{"none", "query_heads", "cache_heads", "query_key_value", "gate_up"};
  return names;
}

inline const Words& stored_names() {
  static const Words names{"run", "int4", "int8", "fp8", "float16", "bfloat16", "float32"};
  return names;
}

inline Words class_names() {
  Words names;
  for (const OperatorClass one : operator_classes) names.emplace_back(to_string(one));
  return names;
}

template <typename Fields>
void visit(Fields& fields, operation::Opaque& opaque) {
  fields.choice("class", opaque.looks_like, class_names());
}
template <typename Fields>
void visit(Fields& /*fields*/, operation::Nothing& /*nothing*/) {}
template <typename Fields>
void visit(Fields& fields, operation::Movement& movement) {
  fields.choice("kind", movement.kind, {"copy", "fill"});
}
template <typename Fields>
void visit(Fields& fields, operation::Product& product) {
  fields.choice("second", product.second, {"weight", "implied", "packed", "tensor"});
  fields.choice("columns", product.columns, columns_names());
  fields.choice("format", product.format, {"weights", "activations"});
  fields.whole("matrices", product.matrices);
  fields.whole("query_columns", product.query_columns);
  fields.flag("bias", product.bias);
  fields.flag("head", product.is_head);
  fields.flag("router", product.is_router);
  fields.flag("tied", product.is_tied);
  fields.choice("experts", product.experts, {"none", "before", "in", "out"});
  fields.whole("inner", product.inner);
  fields.choice("weights", product.stored, stored_names());
}
template <typename Fields>
void visit(Fields& fields, operation::Attention& attention) {
  fields.choice("part", attention.part, {"fused", "scores", "softmax", "output"});
  fields.choice("mask", attention.mask, {"run", "full", "window", "chunk"});
  fields.whole("window", attention.window);
  fields.whole("cache_heads", attention.cache_heads);
  fields.whole("latent", attention.latent_width);
  fields.flag("expanded", attention.is_expanded);
  fields.flag("cross", attention.is_cross);
  fields.off("uncached", attention.is_cached);
  fields.off("both_ways", attention.causal);
  fields.flag("sinks", attention.sinks);
  fields.flag("softcap", attention.softcap);
}
template <typename Fields>
void visit(Fields& fields, operation::Norm& norm) {
  fields.choice("kind", norm.kind, {"rms", "rms_gated", "l2", "layer", "group", "batch", "instance", "response"});
  fields.choice("columns", norm.columns, columns_names());
  fields.flag("adds", norm.adds);
  fields.flag("plain", norm.is_plain);
}
template <typename Fields>
void visit(Fields& fields, operation::Pointwise& pointwise) {
  fields.choice(
      "function", pointwise.function,
      {"silu", "gelu_erf", "gelu_tanh", "quick_gelu", "relu", "relu6", "sigmoid", "tanh", "activation",
       "activation_pass", "softmax", "clamped_glu", "binary", "pass", "pooling", "residual", "glu", "resample"});
  fields.flag("gated", pointwise.gated);
  fields.flag("experts", pointwise.in_experts);
  fields.flag("last_rows", pointwise.last_rows);
  fields.whole("taps", pointwise.taps);
}
template <typename Fields>
void visit(Fields& fields, operation::Gather& gather) {
  fields.choice("kind", gather.kind, {"layer", "function", "rotary"});
  fields.whole("rows", gather.rows);
  fields.flag("tied", gather.is_tied);
  fields.flag("bag", gather.is_bag);
}
template <typename Fields>
void visit(Fields& fields, operation::Convolution& convolution) {
  fields.whole("groups", convolution.groups);
  fields.whole("dimensions", convolution.dimensions);
  fields.whole("kernel", convolution.kernel);
  fields.flag("bias", convolution.bias);
  fields.flag("transposed", convolution.is_transposed);
  fields.choice("weights", convolution.stored, stored_names());
}
template <typename Fields>
void visit(Fields& fields, operation::Recurrent& recurrent) {
  fields.choice("cell", recurrent.cell, {"lstm", "gru", "rnn"});
  fields.whole("hidden", recurrent.hidden);
  fields.whole("layers", recurrent.layers);
  fields.whole("directions", recurrent.directions);
  fields.whole("projection", recurrent.projection);
  fields.flag("bias", recurrent.bias);
  fields.flag("batch_first", recurrent.is_batch_first);
  fields.flag("step", recurrent.is_step);
  fields.choice("weights", recurrent.stored, stored_names());
}
template <typename Fields>
void visit(Fields& fields, operation::Counted& counted) {
  fields.choice("class", counted.looks_like, class_names());
  fields.number("flop", counted.flop);
  fields.number("elements", counted.elements);
  fields.number("parameters", counted.parameters);
}
template <typename Fields>
void visit(Fields& fields, operation::StateScan& scan) {
  fields.number("state", scan.state_elements);
  fields.number("flop_per_row", scan.flop_per_row);
  fields.number("parameters", scan.parameters);
}

template <typename Fields>
void visit(Fields& fields, operation::Rotate& rotate) {
  fields.whole("width", rotate.width);
  fields.whole("value_heads", rotate.value_heads);
  fields.flag("one_key", rotate.one_key);
}
template <typename Fields>
void visit(Fields& fields, operation::CacheWrite& write) {
  fields.flag("latent", write.is_latent);
}

/// By the place of a kind in Operation.
inline const Words& kind_names() {
  static const Words names{"opaque", "nothing",     "movement",   "product", "attention",   "norm",      "pointwise",
                           "gather", "convolution", "state_scan", "rotate",  "cache_write", "recurrent", "counted"};
  return names;
}

template <std::size_t Kind = 0>
Operation of_kind(std::size_t kind) {
  if constexpr (Kind + 1 < std::variant_size_v<Operation>)
    if (kind != Kind) return of_kind<Kind + 1>(kind);
  return Operation(std::in_place_index<Kind>);
}

}  // namespace upmem_des::operation_text

#include "plan/tasks/context_split.hpp"

#include <algorithm>

#include "trace/parameters.hpp"
#include "upmem_des/trace/recognise.hpp"

namespace upmem_des {

namespace {

/// Of [batch, tokens, ..] the first two sizes are as one.
void keep_tokens(Shape& shape, std::size_t sizes, std::size_t part, const Proportions& parts) {
  if (shape.rank() < sizes) sizes = shape.rank();
  if (sizes == 0) return;
  std::int64_t tokens = 1;
  for (std::size_t i = 0; i < sizes; ++i) tokens *= shape[i];
  for (std::size_t i = 0; i + 1 < sizes; ++i) shape[i] = 1;
  shape[sizes - 1] = parts.units(tokens, part);
}

std::size_t token_sizes(const LayerEvent& event) {
  return event.output_shape.rank() >= 3 ? 2 : 1;
}

}  // namespace

bool shares_tokens(const LayerEvent& event) {
  const Operation& operation = operation_of(event);
  if (const auto* attention = as<operation::Attention>(operation))
    return attention->part == operation::Attention::Part::Fused;
  if (const auto* norm = as<operation::Norm>(operation)) return normalizes_rows(*norm);
  if (const auto* pointwise = as<operation::Pointwise>(operation))
    return pointwise->function != operation::Pointwise::Function::Pooling &&
           pointwise->function != operation::Pointwise::Function::Resample;
  return !std::holds_alternative<operation::Convolution>(operation) &&
         !std::holds_alternative<operation::StateScan>(operation) &&
         !std::holds_alternative<operation::Recurrent>(operation) &&
         !std::holds_alternative<operation::Counted>(operation);
}

std::int64_t token_count(const LayerEvent& event) {
  const Shape& shape = event.output_shape;
  if (shape.empty()) return 0;
  if (is_attention(event)) return shape[0] * shape.from_end(1);
  return token_sizes(event) == 2 ? shape[0] * shape[1] : shape[0];
}

LayerEvent tokens_of(const LayerEvent& event, std::size_t part, const Proportions& parts) {
  LayerEvent share = event;
  const std::size_t sizes = token_sizes(event);
  keep_tokens(share.input_shape, sizes, part, parts);
  keep_tokens(share.output_shape, sizes, part, parts);
  return share;
}

ContextTraffic context_traffic(const LayerEvent& event, const HeadCounts& heads) {
  const operation::Attention& attention = *attention_of(event);
  const Shape& key = event.input_shape;
  const Shape& output = event.output_shape;
  const auto size = [](std::int64_t units) { return static_cast<double>(units); };
  const double batch = size(output[0]);
  const double rows = size(event.kv_length.value_or(key.from_end(1)));
  const double query_heads = size(output.from_end(2));
  const double key_width = size(key.from_end(0)), value_width = size(output.from_end(0));
  const bool is_latent = attention.latent_width > 0;
  // Keys and values that were made of latent rows just now are those of all heads.
  const std::int64_t held = is_latent ? key.from_end(2) : heads.key_value.value_or(key.from_end(2));
  ContextTraffic traffic;
  traffic.keys =
      batch * rows *
      (is_latent && !attention.is_expanded ? size(attention.latent_width) : size(held) * (key_width + value_width));
  traffic.queries = batch * size(output.from_end(1)) * query_heads * key_width;
  traffic.outputs = batch * size(output.from_end(1)) * query_heads * (value_width + 1);
  return traffic;
}

}  // namespace upmem_des

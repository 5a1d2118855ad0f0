#include "model/blocks/frame.hpp"

#include "model/blocks/kernels.hpp"

namespace upmem_des {

namespace {

/// Decoders have one head over the vocabulary, whatever their class is called.
bool has_words(Head head) {
  return head != Head::None && head != Head::Score && head != Head::TokenScore;
}

/// Of the table, and of what the head reads.
std::int64_t table_width(const Frame& around, const DecoderConfig& config) {
  return around.table_width > 0 ? around.table_width : config.hidden_size;
}

/// Adds the table's calls, and gives what the layers and the rotary tables read.
Value add_tables(LayerBuilder& builder, const Frame& around, const DecoderConfig& config) {
  const Sizes& ids = token_rows();
  const Sizes wide = followed_by(ids, config.hidden_size);
  const std::int64_t width = table_width(around, config);
  Value value = builder.add(embedding(around.table_type, around.table, ids, config.vocab_size, width,
                                      config.is_tied && has_words(config.head)),
                            {previous_event});
  if (!around.positions.empty()) {
    std::vector<Value> counted{previous_event};
    if (around.counts_positions)
      counted = {builder.add(
          function("cumsum", "position_ids", operation::Pointwise{operation::Pointwise::Function::Pass}, ids, ids),
          {previous_event})};
    const Value positions = builder.add(
        embedding(around.positions_type, around.positions, ids, around.position_rows, config.hidden_size), counted);
    if (!around.project_in.empty())
      value = builder.add(linear(around.project_in, ids, width, config.hidden_size), {value});
    // As layers both are awaited: the sum is no call of its own.
    const Value sum = add_sum(builder, wide, {value, positions});
    if (around.dropout.empty()) {
      builder.add_to_hidden(sum);
      return value;
    }
    builder.add_to_hidden_as_layer(value);
    const Value dropped = builder.add(dropout(around.dropout, wide), {sum});
    builder.add_to_hidden(dropped);
    return dropped;
  }
  if (!around.dropout.empty()) value = builder.add(dropout(around.dropout, wide), {value});
  builder.add_to_hidden(value);
  return value;
}

}  // namespace

DecoderDescription frame(const Frame& around, const DecoderConfig& config, const std::vector<LayerGroup>& layers) {
  DecoderDescription description;
  description.vocab_size = config.vocab_size;
  description.groups = layers;

  LayerBuilder before;
  const Value tables = add_tables(before, around, config);
  const std::int64_t table_modules = before.modules();
  description.first_layer_id = table_modules;
  std::int64_t ids = table_modules;
  for (const LayerGroup& group : layers) ids += group.layers * group.modules;

  LayerBuilder after;
  Value last = hidden_state;
  if (!around.norm.empty())
    last = after.add(norm(around.norm_type, around.norm, around.norm_kind, token_rows(), config.hidden_size), {last});
  if (!around.project_out.empty())
    last = after.add(linear(around.project_out, token_rows(), config.hidden_size, around.table_width), {last});
  const std::int64_t first_id = ids;
  ids += after.modules();
  for (std::int64_t i = 0; i < around.rotary_calls && !around.rotary_type.empty(); ++i)
    before.add(rotary_tables(around.rotary_type, around.rotary, around.rotary_width), {tables});
  description.prologue = before.calls(0);
  if (!around.rotary_type.empty()) {
    // Constructed after the layers and the norm.
    for (Call& call : description.prologue)
      if (call.id && *call.id >= table_modules) call.id = ids;
    ++ids;
  }
  LinearKind head;
  head.is_head = true;
  head.format = operation::WeightFormat::OfActivations;
  const Sizes rows{Size::Kind::Batch, Size::Kind::LogitTokens};
  const std::int64_t width = table_width(around, config);
  if (config.head == Head::Score || config.head == Head::TokenScore) {
    head.bias = config.head == Head::TokenScore;
    after.add(linear("score", rows, width, config.labels, head), {last});
  } else if (has_words(config.head)) {
    head.is_tied = config.is_tied;
    after.add(linear(around.head, rows, width, config.vocab_size, head), {last});
  }
  description.epilogue = after.calls(first_id);
  if (config.head != Head::None) description.epilogue.back().id = ids;
  return description;
}

}  // namespace upmem_des

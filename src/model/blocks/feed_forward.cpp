#include "model/blocks/feed_forward.hpp"

namespace upmem_des {

namespace {

Call activation_call(const ActivationKind& kind, const std::string& path, const Sizes& shape) {
  Call call = activation(kind.type, path, kind.function, shape);
  if (!kind.event_name.empty()) call.name = Name(kind.event_name);
  return call;
}

}  // namespace

Value add_gated(LayerBuilder& builder, const GatedBlock& block, const std::vector<Value>& input) {
  builder.enter(Block::FeedForward);
  const std::string prefix = block.path.empty() ? "" : block.path + ".";
  LinearKind kind;
  kind.bias = block.bias;
  const Sizes inner = followed_by(block.rows, block.inner_size);
  Value gate = 0, up = 0;
  if (!block.fused.empty()) {
    gate = up =
        builder.add(linear(prefix + block.fused, block.rows, block.hidden_size, 2 * block.inner_size, kind), input);
  } else {
    gate = builder.add(linear(prefix + block.gate, block.rows, block.hidden_size, block.inner_size, kind), input);
  }
  const Value activated = builder.add(activation_call(block.activation, prefix + block.activation.name, inner), {gate});
  if (block.fused.empty())
    up = builder.add(linear(prefix + block.up, block.rows, block.hidden_size, block.inner_size, kind), input);
  return builder.add(linear(prefix + block.down, block.rows, block.inner_size, block.hidden_size, kind),
                     {activated, up});
}

Value add_plain(LayerBuilder& builder, const PlainBlock& block, Value input) {
  builder.enter(Block::FeedForward);
  LinearKind kind;
  kind.type = block.linear_type;
  kind.bias = block.bias;
  const Value first = builder.add(linear(block.first, block.rows, block.hidden_size, block.inner_size, kind), {input});
  const Value activated = builder.add(
      activation_call(block.activation, block.activation_path, followed_by(block.rows, block.inner_size)), {first});
  return builder.add(linear(block.down, block.rows, block.inner_size, block.hidden_size, kind), {activated});
}

}  // namespace upmem_des

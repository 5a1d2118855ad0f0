#include "model/blocks/feed_forward.hpp"

namespace upmem_des {

namespace {

Call activation_call(const ActivationKind& kind, const std::string& path, const Sizes& shape) {
  Call call = activation(kind.type, path, kind.function, shape);
  if (!kind.event_name.empty()) call.name = Name(kind.event_name);
  return call;
}

/// What as kernels computes the activation of gate times up: one pass, whether or not it is called so.
void add_product_with_up(LayerBuilder& builder, const GatedBlock& block, const Call& activation, Value activated,
                         const std::vector<Value>& reads) {
  operation::Pointwise gated{block.activation.function};
  gated.gated = true;
  builder.add_fused(activated, function("act_and_mul", "act_and_mul", gated, activation.input, activation.output),
                    reads, {}, {activation.name, activation.type}, "");
  Call named = activation;
  named.when = Call::When::ApartKernels;
  named.operation = &keep(gated);
  builder.add_instead(activated, named, reads);
}

}  // namespace

Value add_gated(LayerBuilder& builder, const GatedBlock& block, const std::vector<Value>& input) {
  builder.enter(Block::FeedForward);
  const std::string prefix = block.path.empty() ? "" : block.path + ".";
  LinearKind kind;
  kind.bias = block.bias;
  const auto projection = [&](const std::string& name, std::int64_t out) {
    return linear(prefix + name, block.rows, block.hidden_size, out, kind);
  };
  const Value gate = builder.reserve();
  const Value up = block.fused.empty() ? builder.reserve() : gate;
  Call activation =
      activation_call(block.activation, prefix + block.activation.name, followed_by(block.rows, block.inner_size));
  activation.when = Call::When::Layers;
  if (block.fused.empty()) {
    LinearKind both = kind;
    both.columns = operation::Product::Columns::GateUp;
    builder.add_fused(gate, linear(prefix + "gate_up_proj", block.rows, block.hidden_size, 2 * block.inner_size, both),
                      input, {up}, {Name(block.gate), Name(block.up)}, prefix + block.gate);
  }
  Call first = projection(block.fused.empty() ? block.gate : block.fused,
                          block.fused.empty() ? block.inner_size : 2 * block.inner_size);
  if (block.fused.empty()) first.when = Call::When::Apart;
  builder.add_instead(gate, first, input);
  const Value activated = builder.add(activation, {gate});
  if (block.fused.empty()) {
    Call second = projection(block.up, block.inner_size);
    second.when = Call::When::Apart;
    builder.add_instead(up, second, input);
  }
  add_product_with_up(builder, block, activation, activated, {gate, up});
  Call down = linear(prefix + block.down, block.rows, block.inner_size, block.hidden_size, kind);
  down.kernel_reads = {activated};
  return builder.add(down, {activated, up});
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

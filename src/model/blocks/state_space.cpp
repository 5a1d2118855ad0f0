#include "model/blocks/state_space.hpp"

#include <vector>

namespace upmem_des {

namespace {

constexpr double silu_flop = 5;
constexpr double exp_flop = 1;

/// A causal depthwise convolution of `channels` along the sequence and the SiLU of its result. The last `kernel` inputs
/// are what a sequence keeps.
Call short_convolution(std::int64_t channels, std::int64_t kernel, bool bias) {
  const auto width = static_cast<double>(channels);
  const auto taps = static_cast<double>(kernel);
  operation::StateScan scan;
  scan.state_elements = width * taps;
  scan.flop_per_row = width * (2 * taps + (bias ? 1 : 0) + silu_flop);
  scan.parameters = width * (taps + (bias ? 1 : 0));
  const Sizes sizes = followed_by(token_rows(), channels);
  return function("conv1d", "conv1d", scan, sizes, sizes);
}

}  // namespace

Value add_mamba(LayerBuilder& builder, const MambaBlock& block, Value input) {
  builder.enter(Block::StateSpace);
  const Sizes& rows = token_rows();
  const auto path = [&](const char* name) { return block.path + "." + name; };
  LinearKind biased;
  biased.bias = block.bias;
  const Value both =
      builder.add(linear(path("in_proj"), rows, block.hidden_size, 2 * block.inner_size, biased), {input});
  const Value convolved =
      builder.add(short_convolution(block.inner_size, block.kernel, block.convolution_bias), {both});
  const Value projected =
      builder.add(linear(path("x_proj"), rows, block.inner_size, block.step_rank + 2 * block.state_size), {convolved});
  Value step = projected;
  std::vector<Value> of_state{projected};
  if (!block.norm_type.empty()) {
    const auto normed = [&](const char* name, std::int64_t width) {
      return builder.add(norm(block.norm_type, path(name), operation::Norm::Kind::Rms, rows, width), {projected});
    };
    step = normed("dt_layernorm", block.step_rank);
    of_state = {normed("b_layernorm", block.state_size), normed("c_layernorm", block.state_size)};
  }
  LinearKind with_bias;
  with_bias.bias = true;
  const Value steps = builder.add(linear(path("dt_proj"), rows, block.step_rank, block.inner_size, with_bias), {step});

  const auto channels = static_cast<double>(block.inner_size);
  const auto states = channels * static_cast<double>(block.state_size);
  operation::StateScan scan;
  scan.state_elements = states;
  // A state: step times A, exp, step times B, times x, old state times decay, sum of both; times C, sum. A channel:
  // softplus of the step (3), D times x and its sum, SiLU of the gate, times it.
  scan.flop_per_row = 7 * states + exp_flop * states + channels * (3 + 2 + silu_flop + 1);
  scan.parameters = states + channels;  // A, D
  const Sizes sizes = followed_by(rows, block.inner_size);
  std::vector<Value> reads{both, convolved, steps};
  reads.insert(reads.end(), of_state.begin(), of_state.end());
  const Value scanned = builder.add(function("selective_scan", "selective_scan", scan, sizes, sizes), reads);
  return builder.add(linear(path("out_proj"), rows, block.inner_size, block.hidden_size, biased), {scanned});
}

Value add_mamba2(LayerBuilder& builder, const Mamba2Block& block, Value input) {
  builder.enter(Block::StateSpace);
  const Sizes& rows = token_rows();
  const auto path = [&](const char* name) { return block.path + "." + name; };
  const std::int64_t inner = block.heads * block.head_dim;
  const std::int64_t convolved_width = inner + 2 * block.groups * block.state_size;
  LinearKind biased;
  biased.bias = block.bias;
  const Value all = builder.add(
      linear(path("in_proj"), rows, block.hidden_size, inner + convolved_width + block.heads, biased), {input});
  const Value convolved = builder.add(short_convolution(convolved_width, block.kernel, block.convolution_bias), {all});

  const auto heads = static_cast<double>(block.heads);
  const auto channels = static_cast<double>(inner);
  const auto states = channels * static_cast<double>(block.state_size);
  operation::StateScan scan;
  scan.state_elements = states;
  // A state: x times B, old state times decay, sum; times C, sum. A channel: x times step, D times x and its sum. A
  // head: softplus of the step (3), step times A, exp.
  scan.flop_per_row = 5 * states + 3 * channels + heads * (3 + 1 + exp_flop);
  scan.parameters = 3 * heads;  // A, D, bias of the step
  const Sizes sizes = followed_by(rows, inner);
  const Value scanned = builder.add(
      function("chunk_scan", "chunk_scan", scan, followed_by(rows, convolved_width), sizes), {all, convolved});
  const Value gated =
      builder.add(norm(block.norm_type, path("norm"), operation::Norm::Kind::RmsGated, rows, inner), {all, scanned});
  return builder.add(linear(path("out_proj"), rows, inner, block.hidden_size, biased), {gated});
}

Value add_delta_net(LayerBuilder& builder, const DeltaNetBlock& block, Value input) {
  builder.enter(Block::StateSpace);
  const Sizes& rows = token_rows();
  const auto path = [&](const char* name) { return block.path + "." + name; };
  const std::int64_t keys = block.key_heads * block.key_width;
  const std::int64_t values = block.value_heads * block.value_width;
  LinearKind gates;
  gates.format = operation::WeightFormat::OfActivations;
  std::vector<Value> projected;
  if (block.fused_projections) {
    projected = {
        builder.add(linear(path("in_proj_qkvz"), rows, block.hidden_size, 2 * keys + 2 * values), {input}),
        builder.add(linear(path("in_proj_ba"), rows, block.hidden_size, 2 * block.value_heads, gates), {input})};
  } else {
    projected = {builder.add(linear(path("in_proj_qkv"), rows, block.hidden_size, 2 * keys + values), {input}),
                 builder.add(linear(path("in_proj_z"), rows, block.hidden_size, values), {input}),
                 builder.add(linear(path("in_proj_b"), rows, block.hidden_size, block.value_heads, gates), {input}),
                 builder.add(linear(path("in_proj_a"), rows, block.hidden_size, block.value_heads, gates), {input})};
  }
  const Value convolved = builder.add(short_convolution(2 * keys + values, block.kernel, false), {projected.front()});

  const auto heads = static_cast<double>(block.value_heads);
  const auto states = heads * static_cast<double>(block.key_width) * static_cast<double>(block.value_width);
  operation::StateScan scan;
  scan.state_elements = states;
  // A state: decay; times key and sum; what is new times key and sum; times query and sum. A head: sigmoid (4),
  // softplus (3) and exponentials of its gates, three products; norms of its query and key (3 each a number); a value's
  // new part: difference, times beta.
  scan.flop_per_row = 7 * states + heads * (4 + 3 + 2 * exp_flop + 3) +
                      6 * heads * static_cast<double>(block.key_width) +
                      2 * heads * static_cast<double>(block.value_width);
  scan.parameters = 2 * heads;  // decay, bias of the step
  std::vector<Value> reads{convolved};
  reads.insert(reads.end(), projected.begin() + 1, projected.end());
  const Value scanned = builder.add(function("gated_delta_rule", "core_attn_out", scan,
                                             followed_by(rows, 2 * keys + values), followed_by(rows, values)),
                                    reads);
  const Value gated = builder.add(norm(block.norm_type, path("norm"), operation::Norm::Kind::RmsGated,
                                       followed_by(rows, block.value_heads), block.value_width),
                                  {projected[block.fused_projections ? 0 : 1], scanned});
  return builder.add(linear(path("out_proj"), rows, values, block.hidden_size), {gated});
}

}  // namespace upmem_des

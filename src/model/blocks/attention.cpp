#include "model/blocks/attention.hpp"

#include <vector>

namespace upmem_des {

namespace {

using operation::Attention;
using Columns = operation::Product::Columns;

/// Query, key and value.
struct Projected {
  Value query = 0, key = 0, value = 0;
};

class Adder {
 public:
  Adder(LayerBuilder& builder, const AttentionBlock& block, Value input)
      : builder_(builder), block_(block), input_(input), rows_{Size::Kind::Batch, block.query_rows} {}

  Value run() {
    const Projected projected = block_.fused.empty() ? project() : project_fused();
    Value attended = attend(projected);
    const Sizes gated = followed_by(rows_, block_.heads * block_.head_dim);
    if (block_.output_gate)
      attended = builder_.add(
          function("sigmoid", "gate", operation::Pointwise{operation::Pointwise::Function::Sigmoid}, gated, gated),
          {attended, projected.query});
    return builder_.add(projection(block_.output, block_.heads * block_.head_dim, block_.hidden_size,
                                   block_.output_bias, Columns::None),
                        {attended});
  }

 private:
  Call projection(const std::string& name, std::int64_t in, std::int64_t out, bool bias, Columns columns) const {
    LinearKind kind;
    kind.type = block_.linear_type;
    kind.bias = bias;
    kind.columns = columns;
    return linear(block_.path + "." + name, rows_, in, out, kind);
  }

  /// Of keys or values.
  Call remembered(const std::string& name, std::int64_t width, bool bias) const {
    if (block_.memory_rows.empty()) return projection(name, block_.hidden_size, width, bias, Columns::CacheHeads);
    LinearKind kind;
    kind.type = block_.linear_type;
    kind.bias = bias;
    kind.columns = Columns::CacheHeads;
    Call call = linear(block_.path + "." + name, block_.memory_rows, block_.hidden_size, width, kind);
    call.phase = Phase::Prefill;
    return call;
  }

  Value add_norm(const std::string& name, std::int64_t heads, Value of) const {
    const std::string path = block_.path + "." + name;
    if (block_.qk_norm == QueryKeyNorm::AllHeads)
      return builder_.add(norm(block_.norm_type, path, operation::Norm::Kind::Rms, rows_, heads * block_.head_dim),
                          {of});
    const auto kind = block_.qk_norm == QueryKeyNorm::L2 ? operation::Norm::Kind::L2 : operation::Norm::Kind::Rms;
    return builder_.add(norm(block_.norm_type, path, kind, followed_by(rows_, heads), block_.head_dim), {of});
  }

  Projected project() const {
    const bool norms = block_.qk_norm != QueryKeyNorm::None;
    const bool at_once = norms && !block_.norms_after_values;
    const std::int64_t width = block_.heads * block_.head_dim;
    const std::int64_t cache_width = block_.cache_heads * block_.head_dim;
    Projected all;
    all.query = builder_.add(projection(block_.query, block_.hidden_size, block_.output_gate ? 2 * width : width,
                                        block_.query_bias, Columns::QueryHeads),
                             {input_});
    if (at_once) all.query = add_norm(block_.query_norm, block_.heads, all.query);
    all.key = builder_.add(remembered(block_.key, cache_width, block_.key_bias), {input_});
    if (at_once) all.key = add_norm(block_.key_norm, block_.cache_heads, all.key);
    all.value = builder_.add(remembered(block_.value, cache_width, block_.value_bias), {input_});
    if (!norms || at_once) return all;
    all.query = add_norm(block_.query_norm, block_.heads, all.query);
    all.key = add_norm(block_.key_norm, block_.cache_heads, all.key);
    return all;
  }

  Projected project_fused() const {
    const std::int64_t width = (block_.heads + 2 * block_.cache_heads) * block_.head_dim;
    const Value all =
        builder_.add(projection(block_.fused, block_.hidden_size, width, block_.query_bias, Columns::None), {input_});
    return {all, all, all};
  }

  const Operation& part(Attention::Part which) const {
    Attention attention = block_.operation;
    attention.part = which;
    attention.cache_heads = block_.cache_heads;
    return keep(attention);
  }

  Value attend(const Projected& of) const {
    const Size batch = Size::Kind::Batch;
    const Sizes query{batch, block_.heads, block_.query_rows, block_.head_dim};
    const Sizes key{batch, block_.heads, block_.key_rows, block_.head_dim};
    const Sizes scores{batch, block_.heads, block_.query_rows, block_.key_rows};
    std::vector<Value> all{of.query};
    if (block_.fused.empty()) all = {of.query, of.key, of.value};
    Call fused = function("scaled_dot_product_attention", "attn_output", part(Attention::Part::Fused), key, query);
    fused.attention = upmem_des::Attention::sdpa;
    const Value attended = builder_.add(fused, all);

    const auto eager = [](Call call) {
      call.attention = upmem_des::Attention::eager;
      return call;
    };
    std::vector<Value> query_and_key{of.query};
    if (block_.fused.empty()) query_and_key = {of.query, of.key};
    const Value products = builder_.add(
        eager(function("matmul", "attn_weights", part(Attention::Part::Scores), query, scores)), query_and_key);
    const Value weights = builder_.add(
        eager(function("softmax", "attn_weights", part(Attention::Part::Softmax), scores, scores)), {products});
    return builder_.add_instead(attended,
                                eager(function("matmul", "attn_output", part(Attention::Part::Output), scores, query)),
                                {weights, of.value});
  }

  LayerBuilder& builder_;
  const AttentionBlock& block_;
  Value input_;
  Sizes rows_;
};

}  // namespace

Value add_attention(LayerBuilder& builder, const AttentionBlock& block, Value input) {
  builder.enter(Block::Attention);
  return Adder(builder, block, input).run();
}

}  // namespace upmem_des

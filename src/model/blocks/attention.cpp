#include "model/blocks/attention.hpp"

#include <optional>
#include <utility>
#include <vector>

#include "model/blocks/kernels.hpp"

namespace upmem_des {

namespace {

using operation::Attention;
using Columns = operation::Product::Columns;

/// Query, key and value.
struct Projected {
  Value query = 0, key = 0, value = 0;
  std::optional<Value> written;  ///< when keys and values are in the cache
};

class Adder {
 public:
  Adder(LayerBuilder& builder, const AttentionBlock& block, Value input)
      : builder_(builder), block_(block), input_(input), rows_{Size::Kind::Batch, block.query_rows} {}

  Value run() {
    const Projected projected = block_.fused.empty() ? project() : project_fused();
    Value attended = attend(projected, cached(turned(projected)));
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

  /// Are query, key and value one projection as kernels?
  bool may_be_one() const {
    return block_.memory_rows.empty() && !block_.output_gate && block_.qk_norm != QueryKeyNorm::AllHeads &&
           block_.query_bias == block_.key_bias && block_.query_bias == block_.value_bias;
  }

  void add_one(const Projected& all) const {
    const std::int64_t query = block_.heads * block_.head_dim;
    operation::Product product;
    product.bias = block_.query_bias;
    product.columns = Columns::QueryKeyValue;
    product.query_columns = query;
    const std::int64_t out = query + 2 * block_.cache_heads * block_.head_dim;
    const std::string inner = block_.query.substr(0, block_.query.rfind('.') + 1);
    const Call one =
        layer(block_.linear_type, block_.path + "." + (inner == block_.query ? "" : inner) + "qkv_proj", product,
              followed_by(rows_, block_.hidden_size), {block_.hidden_size, out}, followed_by(rows_, out));
    std::vector<Name> fusion;
    for (const std::string* name : {&block_.query, &block_.key, &block_.value})
      fusion.emplace_back(name->substr(name->rfind('.') + 1));
    builder_.add_fused(all.query, one, {input_}, {all.key, all.value}, std::move(fusion),
                       block_.path + "." + block_.query);
  }

  /// As kernels; as layers nothing is added.
  Projected turned(const Projected& of) const {
    if (block_.rotary_width == 0) return of;
    operation::Rotate rotate;
    rotate.width = block_.rotary_width;
    rotate.value_heads = block_.cache_heads;
    const Value value =
        builder_.add_kernel(rotary(rotate, rows_, block_.heads + 2 * block_.cache_heads, block_.head_dim),
                            {of.query, of.key, of.value}, {of.query, of.key, of.value});
    return {value, value, value, std::nullopt};
  }

  Projected cached(Projected of) const {
    const bool is_cross = !block_.memory_rows.empty();
    if (!block_.operation.is_cached && !is_cross) return of;
    Call call = cache_write(is_cross ? block_.memory_rows : rows_, block_.cache_heads, 2 * block_.head_dim);
    if (is_cross) call.phase = Phase::Prefill;
    of.written = builder_.add_kernel(call, {of.key, of.value}, {});
    return of;
  }

  Value add_norm(const std::string& name, std::int64_t heads, Columns columns, Value of) const {
    const std::string path = block_.path + "." + name;
    if (block_.qk_norm == QueryKeyNorm::AllHeads)
      return builder_.add(norm(block_.norm_type, path, operation::Norm::Kind::Rms, rows_, heads * block_.head_dim),
                          {of});
    const auto kind = block_.qk_norm == QueryKeyNorm::L2 ? operation::Norm::Kind::L2 : operation::Norm::Kind::Rms;
    Call call = norm(block_.norm_type, path, kind, followed_by(rows_, heads), block_.head_dim);
    operation::Norm of_heads{kind};
    of_heads.columns = columns;
    call.kernel_operation = &keep(of_heads);
    return builder_.add(call, {of});
  }

  Projected project() const {
    const bool norms = block_.qk_norm != QueryKeyNorm::None;
    const bool at_once = norms && !block_.norms_after_values;
    const std::int64_t width = block_.heads * block_.head_dim;
    const std::int64_t cache_width = block_.cache_heads * block_.head_dim;
    Projected all{builder_.reserve(), builder_.reserve(), builder_.reserve(), std::nullopt};
    const bool may_be_one = this->may_be_one();
    if (may_be_one) add_one(all);
    const auto add = [&](Value value, Call call) {
      if (may_be_one) call.when = Call::When::Apart;
      return builder_.add_instead(value, std::move(call), {input_});
    };
    add(all.query, projection(block_.query, block_.hidden_size, block_.output_gate ? 2 * width : width,
                              block_.query_bias, Columns::QueryHeads));
    if (at_once) all.query = add_norm(block_.query_norm, block_.heads, Columns::QueryHeads, all.query);
    add(all.key, remembered(block_.key, cache_width, block_.key_bias));
    if (at_once) all.key = add_norm(block_.key_norm, block_.cache_heads, Columns::CacheHeads, all.key);
    add(all.value, remembered(block_.value, cache_width, block_.value_bias));
    if (!norms || at_once) return all;
    all.query = add_norm(block_.query_norm, block_.heads, Columns::QueryHeads, all.query);
    all.key = add_norm(block_.key_norm, block_.cache_heads, Columns::CacheHeads, all.key);
    return all;
  }

  Projected project_fused() const {
    const std::int64_t width = (block_.heads + 2 * block_.cache_heads) * block_.head_dim;
    const Value all =
        builder_.add(projection(block_.fused, block_.hidden_size, width, block_.query_bias, Columns::None), {input_});
    return {all, all, all, std::nullopt};
  }

  const Operation& part(Attention::Part which) const {
    Attention attention = block_.operation;
    attention.part = which;
    attention.cache_heads = block_.cache_heads;
    return keep(attention);
  }

  /// `kernels`: what it reads in place of `of` as kernels.
  Value attend(const Projected& of, const Projected& kernels) const {
    const Size batch = Size::Kind::Batch;
    const Sizes query{batch, block_.heads, block_.query_rows, block_.head_dim};
    const Sizes key{batch, block_.heads, block_.key_rows, block_.head_dim};
    const Sizes scores{batch, block_.heads, block_.query_rows, block_.key_rows};
    const auto with_cache = [&](std::vector<Value> values) {
      if (kernels.written) values.push_back(*kernels.written);
      return values;
    };
    Call fused = function("scaled_dot_product_attention", "attn_output", part(Attention::Part::Fused), key, query);
    fused.attention = upmem_des::Attention::sdpa;
    fused.kernel_reads = with_cache({kernels.query, kernels.key, kernels.value});
    const Value attended = builder_.add(fused, {of.query, of.key, of.value});

    const auto eager = [](Call call) {
      call.attention = upmem_des::Attention::eager;
      return call;
    };
    Call scores_of = eager(function("matmul", "attn_weights", part(Attention::Part::Scores), query, scores));
    scores_of.kernel_reads = with_cache({kernels.query, kernels.key});
    const Value products = builder_.add(scores_of, {of.query, of.key});
    const Value weights = builder_.add(
        eager(function("softmax", "attn_weights", part(Attention::Part::Softmax), scores, scores)), {products});
    Call output = eager(function("matmul", "attn_output", part(Attention::Part::Output), scores, query));
    output.kernel_reads = {weights, kernels.value};
    return builder_.add_instead(attended, output, {weights, of.value});
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

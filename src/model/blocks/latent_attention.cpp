#include "model/blocks/latent_attention.hpp"

#include "model/blocks/kernels.hpp"

namespace upmem_des {

Value add_latent_attention(LayerBuilder& builder, const LatentAttentionBlock& block, Value input) {
  builder.enter(Block::Attention);
  const Sizes& rows = token_rows();
  const std::int64_t key_width = block.plain_width + block.rotary_width;
  const std::int64_t latent_width = block.latent_rank + block.rotary_width;
  const auto path = [&](const char* name) { return block.path + "." + name; };
  const auto rms = [&](const char* name, std::int64_t width) {
    return norm(block.norm_type, path(name), operation::Norm::Kind::Rms, rows, width);
  };
  LinearKind heads;
  heads.columns = operation::Product::Columns::QueryHeads;
  LinearKind biased;
  biased.bias = block.bias;

  Value query = 0;
  if (block.query_rank > 0) {
    query = builder.add(linear(path("q_a_proj"), rows, block.hidden_size, block.query_rank, biased), {input});
    query = builder.add(rms("q_a_layernorm", block.query_rank), {query});
    query = builder.add(linear(path("q_b_proj"), rows, block.query_rank, block.heads * key_width, heads), {query});
  } else {
    query = builder.add(linear(path("q_proj"), rows, block.hidden_size, block.heads * key_width, heads), {input});
  }
  const Value compressed =
      builder.add(linear(path("kv_a_proj_with_mqa"), rows, block.hidden_size, latent_width, biased), {input});
  const Value latent = builder.add(rms("kv_a_layernorm", block.latent_rank), {compressed});
  const Value expanded = builder.add(
      linear(path("kv_b_proj"), rows, block.latent_rank, block.heads * (block.plain_width + block.value_width), heads),
      {latent});

  operation::Rotate rotate;
  rotate.width = block.rotary_width;
  rotate.one_key = true;
  const Value turned = builder.add_kernel(rotary(rotate, rows, block.heads, key_width), {query, compressed}, {query});
  const Value written = builder.add_kernel(cache_write(rows, 1, latent_width, true), {turned, latent}, {});

  const Size batch = Size::Kind::Batch;
  const Size total = Size::Kind::TotalTokens;
  const Size fresh = Size::Kind::NewTokens;
  operation::Attention attention;
  attention.mask = operation::Attention::Mask::Full;
  attention.latent_width = latent_width;
  attention.cache_heads = 1;
  attention.is_expanded = true;
  Call prefill = function("scaled_dot_product_attention", "attn_output", attention,
                          {batch, block.heads, total, key_width}, {batch, block.heads, fresh, block.value_width});
  prefill.phase = Phase::Prefill;
  attention.is_expanded = false;
  Call decode = function("scaled_dot_product_attention", "attn_output", attention, {batch, 1, total, latent_width},
                         {batch, block.heads, fresh, block.latent_rank});
  decode.phase = Phase::Decode;
  const Value attended = builder.add(prefill, {turned, compressed, expanded, written});
  builder.add_instead(attended, decode, {turned, compressed, expanded, written});
  return builder.add(linear(path("o_proj"), rows, block.heads * block.value_width, block.hidden_size, biased),
                     {attended});
}

}  // namespace upmem_des

/// Calls that no layer of a model's code stands for, but a kernel of an engine does.
#pragma once

#include <cstdint>
#include <vector>

#include "model/blocks/calls.hpp"
#include "model/blocks/layer_builder.hpp"

namespace upmem_des {

/// An addition to the residual stream.
Call residual_add(const Sizes& sizes);

/// The sum of `values` (two or more) of the given sizes, addition by addition; as layers its readers read all of them.
Value add_sum(LayerBuilder& builder, const Sizes& sizes, const std::vector<Value>& values);

/// Rotary embeddings: `operation` over [rows…, heads, width].
Call rotary(const operation::Rotate& operation, const Sizes& rows, std::int64_t heads, std::int64_t width);

/// Keys and values, `width` numbers for each of `heads`, go into the cache.
Call cache_write(const Sizes& rows, std::int64_t heads, std::int64_t width, bool is_latent = false);

/// The token of each of the batch's sequences, from logits over `words`: the most likely, or one that is drawn.
Call sampler(std::int64_t words, bool draws);

}  // namespace upmem_des

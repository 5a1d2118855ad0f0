/// Single calls. Shapes: B batch rows, T new tokens, L cached and new ones, H hidden size, d head size. A layer's
/// `path` is its path within what it belongs to, "self_attn.q_proj"; its last part is its name.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "upmem_des/model/decoder_description.hpp"
#include "upmem_des/operation/operation.hpp"

namespace upmem_des {

using Sizes = std::vector<Size>;

/// [B, T].
const Sizes& token_rows();
/// `sizes` and one more.
Sizes followed_by(Sizes sizes, const Size& last);

/// A layer of any type.
Call layer(std::string_view type, std::string_view path, const Operation& operation, Sizes input, const Shape& weight,
           Sizes output);

/// What a linear layer is beside its sizes.
struct LinearKind {
  std::string type = "Linear";
  bool bias = false;
  operation::Product::Columns columns = operation::Product::Columns::None;
  operation::WeightFormat format = operation::WeightFormat::OfWeights;
  bool is_head = false;
  bool is_tied = false;
  bool is_router = false;
};
/// A weight [in, out] on [rows…, in].
Call linear(std::string_view path, const Sizes& rows, std::int64_t in, std::int64_t out, const LinearKind& kind = {});

/// A norm of `width` numbers, over [shape…, width].
Call norm(std::string_view type, std::string_view path, operation::Norm::Kind kind, const Sizes& shape,
          std::int64_t width);

/// An activation that is a layer.
Call activation(std::string_view type, std::string_view path, operation::Pointwise::Function function,
                const Sizes& shape);

/// A function, without id, path and weight.
Call function(std::string_view type, std::string_view name, const Operation& operation, Sizes input, Sizes output);

/// A table of `rows` rows of `width` numbers: ids of shape `ids` → [ids…, width].
Call embedding(std::string_view type, std::string_view path, const Sizes& ids, std::int64_t rows, std::int64_t width,
               bool is_tied = false);

/// Cosines and sines of `width` numbers for the positions of the new tokens.
Call rotary_tables(std::string_view type, std::string_view path, std::int64_t width);

/// A Dropout, which does nothing at inference.
Call dropout(std::string_view path, const Sizes& shape);

}  // namespace upmem_des

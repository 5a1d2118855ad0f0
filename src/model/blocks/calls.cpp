#include "model/blocks/calls.hpp"

#include <utility>

namespace upmem_des {

const Sizes& token_rows() {
  static const Sizes sizes{Size::Kind::Batch, Size::Kind::NewTokens};
  return sizes;
}

Sizes followed_by(Sizes sizes, const Size& last) {
  sizes.push_back(last);
  return sizes;
}

Call layer(std::string_view type, std::string_view path, const Operation& operation, Sizes input, const Shape& weight,
           Sizes output) {
  Call call;
  call.kind = EventKind::Layer;
  call.type = Name(type);
  call.name = Name(path.substr(path.rfind('.') + 1));
  call.path = path;
  call.operation = &keep(operation);
  call.input = std::move(input);
  call.weight = weight;
  call.output = std::move(output);
  return call;
}

Call linear(std::string_view path, const Sizes& rows, std::int64_t in, std::int64_t out, const LinearKind& kind) {
  operation::Product product;
  product.bias = kind.bias;
  product.columns = kind.columns;
  product.format = kind.format;
  product.is_head = kind.is_head;
  product.is_tied = kind.is_tied;
  product.is_router = kind.is_router;
  return layer(kind.type, path, product, followed_by(rows, in), {in, out}, followed_by(rows, out));
}

Call norm(std::string_view type, std::string_view path, operation::Norm::Kind kind, const Sizes& shape,
          std::int64_t width) {
  const Sizes sizes = followed_by(shape, width);
  return layer(type, path, operation::Norm{kind}, sizes, {width, width}, sizes);
}

Call activation(std::string_view type, std::string_view path, operation::Pointwise::Function function,
                const Sizes& shape) {
  return layer(type, path, operation::Pointwise{function}, shape, {1, 1}, shape);
}

Call function(std::string_view type, std::string_view name, const Operation& operation, Sizes input, Sizes output) {
  Call call;
  call.kind = EventKind::Function;
  call.type = Name(type);
  call.name = Name(name);
  call.operation = &keep(operation);
  call.input = std::move(input);
  call.output = std::move(output);
  return call;
}

Call embedding(std::string_view type, std::string_view path, const Sizes& ids, std::int64_t rows, std::int64_t width,
               bool is_tied) {
  operation::Gather gather;
  gather.rows = rows;
  gather.is_tied = is_tied;
  return layer(type, path, gather, ids, {1, 1}, followed_by(ids, width));
}

Call rotary_tables(std::string_view type, std::string_view path, std::int64_t width) {
  const Sizes sizes = followed_by(token_rows(), width);
  return layer(type, path, operation::Gather{operation::Gather::Kind::Rotary}, sizes, {1, 1}, sizes);
}

Call dropout(std::string_view path, const Sizes& shape) {
  return layer("Dropout", path, operation::Nothing{}, shape, {1, 1}, shape);
}

}  // namespace upmem_des

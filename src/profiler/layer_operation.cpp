#include "profiler/layer_operation.hpp"

#include "upmem_des/trace/recognise.hpp"

namespace upmem_des::profiler {

const Operation& named_operation(const LayerInfo& layer) {
  LayerEvent event;
  event.type = layer.type;
  event.name = layer.name;
  return operation_by_names(event);
}

const Operation* operation_unless_named(const Operation& operation, const LayerInfo& layer) {
  const Operation& kept = keep(operation);
  return &kept == &named_operation(layer) ? nullptr : &kept;
}

const Operation* linear_operation(const LayerInfo& layer, bool has_bias, bool is_tied, operation::StoredAs stored) {
  const auto* named = as<operation::Product>(named_operation(layer));
  operation::Product product = named == nullptr ? operation::Product() : *named;
  product.bias = has_bias;
  product.stored = stored;
  if (is_tied) {
    product.is_tied = product.is_head = true;
    product.format = operation::WeightFormat::OfActivations;
  }
  return operation_unless_named(product, layer);
}

const Operation* table_operation(const LayerInfo& layer, std::int64_t rows, bool is_tied) {
  const auto* named = as<operation::Gather>(named_operation(layer));
  operation::Gather gather = named == nullptr ? operation::Gather() : *named;
  gather.rows = rows;
  gather.is_tied = is_tied;
  return operation_unless_named(gather, layer);
}

const Operation* gelu_operation(const LayerInfo& layer, bool is_tanh) {
  operation::Pointwise gelu;
  gelu.function = is_tanh ? operation::Pointwise::Function::GeluTanh : operation::Pointwise::Function::GeluErf;
  return operation_unless_named(gelu, layer);
}

}  // namespace upmem_des::profiler

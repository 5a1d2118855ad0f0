#include "cost/roofline/operation_work.hpp"

#include "cost/roofline/flop_counts.hpp"

namespace upmem_des {

namespace {

ElementRule rule_of(operation::Pointwise::Function function) {
  using Function = operation::Pointwise::Function;
  switch (function) {
    case Function::Silu:
      return {ElementClass::Activation, flop_counts::silu};
    case Function::GeluErf:
      return {ElementClass::Activation, flop_counts::gelu_erf};
    case Function::GeluTanh:
      return {ElementClass::Activation, flop_counts::gelu_tanh};
    case Function::QuickGelu:
      return {ElementClass::Activation, flop_counts::quick_gelu};
    case Function::Relu:
      return {ElementClass::None, flop_counts::relu};
    case Function::Relu6:
      return {ElementClass::None, flop_counts::relu6};
    case Function::Sigmoid:
      return {ElementClass::None, flop_counts::sigmoid};
    case Function::Tanh:
      return {ElementClass::None, flop_counts::tanh};
    case Function::Softmax:
      return {ElementClass::Softmax, flop_counts::softmax};
    case Function::ClampedGlu:
      return {ElementClass::Activation, flop_counts::clamped_glu};
    case Function::Binary:
    case Function::Residual:
      return {ElementClass::None, flop_counts::binary};
    case Function::Pooling:
      return {ElementClass::None, flop_counts::pooling};
    case Function::Glu:
      return {ElementClass::None, flop_counts::glu};
    case Function::Resample:  // by its taps
    case Function::Activation:
    case Function::ActivationPass:
    case Function::Pass:
      break;
  }
  return {ElementClass::None, flop_counts::pass};
}

ElementRule rule_of(operation::Norm::Kind kind) {
  using Kind = operation::Norm::Kind;
  switch (kind) {
    case Kind::Rms:
      return {ElementClass::Norm, flop_counts::rms_norm};
    case Kind::RmsGated:
      return {ElementClass::Norm, flop_counts::rms_norm + flop_counts::silu + flop_counts::binary};
    case Kind::L2:
      return {ElementClass::Norm, flop_counts::l2_norm};
    case Kind::Layer:
      return {ElementClass::Norm, flop_counts::layer_norm};
    case Kind::Group:
    case Kind::Instance:
      return {ElementClass::None, flop_counts::layer_norm};
    case Kind::Response:
      return {ElementClass::None, flop_counts::response_norm};
    case Kind::Batch:
      break;
  }
  return {ElementClass::None, flop_counts::batch_norm};
}

struct Rule {
  ElementRule operator()(const operation::Pointwise& pointwise) const {
    ElementRule rule = rule_of(pointwise.function);
    if (pointwise.function == operation::Pointwise::Function::Resample)
      rule.flop = flop_counts::tap * static_cast<double>(pointwise.taps);
    // The product with up is among what a clamped one counts.
    if (pointwise.gated && pointwise.function != operation::Pointwise::Function::ClampedGlu)
      rule.flop += flop_counts::binary;
    return rule;
  }
  ElementRule operator()(const operation::Norm& norm) const {
    ElementRule rule = rule_of(norm.kind);
    if (norm.adds) rule.flop += flop_counts::binary;
    return rule;
  }
  ElementRule operator()(const operation::Attention& attention) const {
    if (attention.part != operation::Attention::Part::Softmax) return {};
    return {ElementClass::Softmax, flop_counts::softmax};
  }
  ElementRule operator()(const operation::Gather& gather) const {
    return {ElementClass::None, gather.kind == operation::Gather::Kind::Rotary ? flop_counts::rotary : 0};
  }
  template <typename Kind>
  ElementRule operator()(const Kind& /*kind*/) const {
    return {};
  }
};

struct WorkOf {
  const OperatorCall& call;

  OperatorWork operator()(const operation::Product& kind) const { return product_work(kind, call); }
  OperatorWork operator()(const operation::Attention& kind) const { return attention_work(kind, call); }
  OperatorWork operator()(const operation::Norm& kind) const { return norm_work(kind, call); }
  OperatorWork operator()(const operation::Pointwise& kind) const { return pointwise_work(kind, call); }
  OperatorWork operator()(const operation::Gather& kind) const { return gather_work(kind, call); }
  OperatorWork operator()(const operation::Convolution& kind) const { return convolution_work(kind, call); }
  OperatorWork operator()(const operation::Movement& kind) const { return movement_work(kind, call); }
  OperatorWork operator()(const operation::StateScan& kind) const { return state_scan_work(kind, call); }
  OperatorWork operator()(const operation::Rotate& kind) const { return rotate_work(kind, call); }
  OperatorWork operator()(const operation::CacheWrite& kind) const { return cache_write_work(kind, call); }
  OperatorWork operator()(const operation::Recurrent& kind) const { return recurrent_work(kind, call); }
  OperatorWork operator()(const operation::Counted& kind) const { return counted_work(kind, call); }
  OperatorWork operator()(const operation::Nothing& /*kind*/) const { return {}; }
  OperatorWork operator()(const operation::Opaque& /*kind*/) const { return {}; }
};

}  // namespace

ElementRule element_rule(const Operation& operation) {
  return std::visit(Rule(), operation);
}

OperatorWork work_of(const Operation& operation, const OperatorCall& call) {
  return std::visit(WorkOf{call}, operation);
}

}  // namespace upmem_des

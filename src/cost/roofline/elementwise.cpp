#include "cost/roofline/builtin_operators.hpp"
#include "cost/roofline/flop_counts.hpp"

namespace upmem_des {

namespace {

/// One tensor in, one of the same size out.
OperatorWork unary(const OperatorCall& call) {
  OperatorWork work;
  work.elements = call.event.output_shape.elements();
  work.memory_bytes = call.element_bytes * (call.event.input_shape.elements() + work.elements);
  return work;
}

/// Traces do not record the second operand; it is taken to be as large as the output.
OperatorWork binary(const OperatorCall& call) {
  OperatorWork work = unary(call);
  work.memory_bytes += call.element_bytes * work.elements;
  return work;
}

void add_activations(OperatorTable& table, ElementClass kind, double flop, std::initializer_list<const char*> types) {
  for (const char* type : types) table.add(type, Operator(kind, flop, unary));
}

}  // namespace

void add_elementwise_operators(OperatorTable& table) {
  using Class = ElementClass;
  add_activations(table, Class::Activation, flop_counts::silu, {"SiLU", "SiLUActivation", "silu"});
  add_activations(table, Class::Activation, flop_counts::gelu_erf, {"GELU", "GELUActivation", "gelu"});
  add_activations(table, Class::Activation, flop_counts::gelu_tanh,
                  {"NewGELUActivation", "FastGELUActivation", "PytorchGELUTanh"});
  add_activations(table, Class::Activation, flop_counts::quick_gelu, {"QuickGELUActivation"});
  add_activations(table, Class::None, flop_counts::relu, {"ReLU", "relu"});
  add_activations(table, Class::None, flop_counts::relu6, {"ReLU6", "relu6"});
  add_activations(table, Class::None, flop_counts::sigmoid, {"Sigmoid", "sigmoid"});
  add_activations(table, Class::None, flop_counts::tanh, {"Tanh", "tanh"});
  add_activations(table, Class::None, flop_counts::pass, {"LeakyReLU", "Hardtanh", "Hardsigmoid", "Hardswish"});
  for (const char* type : {"add", "sub", "rsub", "mul", "div", "floor_divide", "remainder", "maximum", "minimum",
                           "logical_and", "logical_or"})
    table.add(type, Operator(Class::None, flop_counts::binary, binary));
}

}  // namespace upmem_des

#include <algorithm>

#include "cost/checks.hpp"
#include "cost/roofline/builtin_operators.hpp"
#include "cost/roofline/flop_counts.hpp"

namespace upmem_des {

namespace {

/// A linear map as a function: input [..., in], output [..., out]. The weight is not in the trace; its sizes follow.
OperatorWork linear_function(const OperatorCall& call) {
  const Shape& input = call.event.input_shape;
  const Shape& output = call.event.output_shape;
  const auto in = static_cast<double>(input.from_end(0));
  const auto out = static_cast<double>(output.from_end(0));
  const double rows = input.elements() / in;
  if (rows * out != output.elements())
    event_error(call.event, "input_shape " + input.str() + " and output_shape " + output.str() +
                                "; expected equal sizes but for the last");
  OperatorWork work;
  work.flop = 2 * rows * in * out;
  work.memory_bytes = call.element_bytes * (in * out + rows * (in + out));
  return work;
}

/// Input and output pass through memory once; `elements` are the larger of the two, for sums over one size read more
/// than they write.
OperatorWork through_memory(const OperatorCall& call) {
  OperatorWork work;
  const double read = call.event.input_shape.elements();
  const double written = call.event.output_shape.elements();
  work.elements = std::max(read, written);
  work.memory_bytes = call.element_bytes * (read + written);
  return work;
}

/// Nothing is computed; what is written has been read, from operands of which the trace shows the first only.
OperatorWork move(const OperatorCall& call) {
  OperatorWork work;
  work.memory_bytes = 2 * call.element_bytes * call.event.output_shape.elements();
  return work;
}

OperatorWork fill(const OperatorCall& call) {
  OperatorWork work;
  work.memory_bytes = call.element_bytes * call.event.output_shape.elements();
  return work;
}

}  // namespace

void add_functions(OperatorTable& table) {
  for (const char* type : {"linear", "mm"}) table.add(type, Operator(linear_function));
  for (const char* type :
       {"abs",        "ceil",   "clamp",       "clamp_max",   "clamp_min", "cos",       "elu",         "erf",
        "exp",        "floor",  "ge",          "gt",          "hardtanh",  "hardswish", "hardsigmoid", "le",
        "leaky_relu", "log",    "log1p",       "logical_not", "lt",        "mish",      "ne",          "neg",
        "eq",         "pow",    "reciprocal",  "round",       "rsqrt",     "sign",      "sin",         "softplus",
        "sqrt",       "square", "masked_fill", "where",       "tril",      "triu",      "bitwise_not", "isnan",
        "all",        "amax",   "amin",        "any",         "argmax",    "argmin",    "cumsum",      "max",
        "mean",       "min",    "norm",        "prod",        "std",       "sum",       "topk",        "var",
        "sort"})
    table.add(type, Operator(ElementClass::None, flop_counts::pass, through_memory));
  for (const char* type : {"_to_copy",
                           "cat",
                           "clone",
                           "constant_pad_nd",
                           "contiguous",
                           "copy",
                           "flip",
                           "gather",
                           "index",
                           "index_select",
                           "one_hot",
                           "pad",
                           "pixel_shuffle",
                           "repeat",
                           "repeat_interleave",
                           "roll",
                           "scatter",
                           "stack",
                           "tile",
                           "to",
                           "type_as"})
    table.add(type, Operator(move));
  for (const char* type :
       {"arange", "fill", "full", "full_like", "linspace", "normal", "ones", "ones_like", "rand", "randn",
        "scalar_tensor", "zero", "zeros", "zeros_like", "new_zeros", "new_ones", "new_full"})
    table.add(type, Operator(fill));
}

}  // namespace upmem_des

#include <algorithm>
#include <cmath>

#include "cost/checks.hpp"
#include "cost/roofline/flop_counts.hpp"
#include "cost/roofline/operation_work.hpp"
#include "trace/parameters.hpp"

namespace upmem_des {

namespace {

/// What is computed in a narrower format than activations are kept in is brought into it first: read, and written.
ProductSizes product_sizes(const operation::Product& product, const OperatorCall& call, double rows, double out,
                           double in, const OperatorWork& work) {
  ProductSizes sizes{rows, out, in, work.weight_bytes + work.memory_bytes, 0};
  const double computed = product.format == operation::WeightFormat::OfWeights ? call.computed_element_bytes : 0;
  if (computed > 0 && computed < call.element_bytes) {
    sizes.bytes -= (call.element_bytes - computed) * rows * in;
    sizes.quantized_bytes = (call.element_bytes + computed) * rows * in;
  }
  return sizes;
}

/// Bytes of a weight: as it says itself, or else the run.
double weight_bytes(const operation::Product& product, const OperatorCall& call) {
  return operation::stored_bytes(product.stored, call.weight_bytes(product.format));
}

/// Weights are read `passes` times; rows go in and out as vectors.
void add_passes(double passes, const OperatorCall& call, double rows, double out, double in, OperatorWork& work) {
  work.passes = passes;
  work.weight_bytes *= passes;
  work.outputs = out;
  work.input_bytes = call.element_bytes * rows * in;
  work.output_bytes = call.element_bytes * rows * out;
}

/// Input [..., in], weight [in, out], output [..., out]: 2 · rows · in · out flop, a multiplication and an addition for
/// each weight and row. The weights are read once, every row is read and written once.
/// Two thirds of an expert are its gate and up. Rows come in with these and go out with what is projected down.
ExpertSizes expert_sizes(const operation::Product& product, const OperatorCall& call, double rows, double out,
                         double in, const OperatorWork& work) {
  const bool begins = product.experts == operation::ExpertKernel::In;
  ExpertSizes sizes;
  sizes.is_launched = false;
  sizes.flop = work.flop;
  sizes.weight_bytes = work.weight_bytes;
  sizes.active = begins ? 2.0 / 3 : 1.0 / 3;
  sizes.row_bytes = call.element_bytes * rows * (begins ? in : out);
  return sizes;
}

OperatorWork by_weight(const operation::Product& product, const OperatorCall& call) {
  const Shape& weight = weight_of(call.event);
  const Shape& input = call.event.input_shape;
  if (input.from_end(0) != weight[0])
    event_error(call.event, "input_shape " + input.str() + " does not end in " + std::to_string(weight[0]) +
                                ", the in_features of weight_shape");
  const auto in = static_cast<double>(weight[0]);
  const auto out = static_cast<double>(weight[1]);
  const double rows = input.elements() / in;
  OperatorWork work;
  work.flop = 2 * rows * in * out;
  work.weight_bytes = weight_bytes(product, call) * in * out;
  work.memory_bytes = call.element_bytes * rows * (in + out);
  if (product.bias) {
    work.flop += rows * out;
    work.weight_bytes += call.element_bytes * out;
  }
  add_passes(call.passes(rows), call, rows, out, in, work);
  if (product.is_router) work.flop += flop_counts::softmax * rows * out;
  work.sizes = product_sizes(product, call, rows, out, in, work);
  using operation::ExpertKernel;
  if (product.experts == ExpertKernel::In || product.experts == ExpertKernel::Out)
    work.of_experts = expert_sizes(product, call, rows, out, in, work);
  return work;
}

/// A linear map as a function: input [..., in], output [..., out]. The weight is not in the trace; its sizes follow.
/// Packed: every row is multiplied by the matrix of its expert. With `inner` the weight is [inner, out], and there are
/// as many rows as the output has.
OperatorWork by_implied_weight(const operation::Product& product, const OperatorCall& call) {
  const Shape& input = call.event.input_shape;
  const Shape& output = call.event.output_shape;
  const auto in = static_cast<double>(product.inner > 0 ? product.inner : input.from_end(0));
  const auto out = static_cast<double>(output.from_end(0));
  const double rows = product.inner > 0 ? output.elements() / out : input.elements() / in;
  if (rows * out != output.elements())
    event_error(call.event, "input_shape " + input.str() + " and output_shape " + output.str() +
                                "; expected equal sizes but for the last");
  const double matrices = matrices_read(product, call.event, rows);
  // Rows are spread evenly over several matrices, of which each is read once at least.
  const double passes = matrices > 1 ? std::max(1.0, rows / matrices / call.rows_per_pass) : call.passes(rows);
  OperatorWork work;
  work.flop = 2 * rows * in * out;
  work.weight_bytes = weight_bytes(product, call) * matrices * in * out;
  work.memory_bytes = call.element_bytes * (product.inner > 0 ? input.elements() + rows * out : rows * (in + out));
  if (product.bias) {
    work.flop += rows * out;
    work.weight_bytes += call.element_bytes * matrices * out;
  }
  add_passes(passes, call, rows, out, in, work);
  if (product.is_router) work.flop += flop_counts::softmax * rows * out;
  if (matrices == 1) work.sizes = product_sizes(product, call, rows, out, in, work);
  return work;
}

/// Input [..., r, k], output [..., r, n]. Traces do not record the second operand: its k and n follow, and where the
/// first has leading sizes it is taken to have them too.
/// With `inner` it is one matrix of [elements(input) / inner, inner], times one of [inner, n].
OperatorWork by_tensor(const operation::Product& product, const OperatorCall& call) {
  const Shape& input = call.event.input_shape;
  const double inner = static_cast<double>(product.inner > 0 ? product.inner : input.from_end(0));
  const double rows = product.inner > 0 ? input.elements() / inner : static_cast<double>(input.from_end(1));
  const double outputs = call.event.output_shape.elements();
  if (std::fmod(input.elements(), inner) != 0 || std::fmod(outputs, rows) != 0)
    event_error(call.event, "output_shape " + call.event.output_shape.str() + " is no product of input_shape " +
                                input.str() + " and a second operand");
  OperatorWork work;
  work.flop = 2 * outputs * inner;
  work.passes = call.passes(rows);
  work.memory_bytes = call.element_bytes * (input.elements() + work.passes * (outputs / rows * inner) + outputs);
  work.input_bytes = call.element_bytes * input.elements();
  work.output_bytes = call.element_bytes * outputs;
  return work;
}

}  // namespace

OperatorWork product_work(const operation::Product& product, const OperatorCall& call) {
  switch (product.second) {
    case operation::Product::Second::Weight:
      return by_weight(product, call);
    case operation::Product::Second::Implied:
    case operation::Product::Second::Packed:
      return by_implied_weight(product, call);
    case operation::Product::Second::Tensor:
      break;
  }
  return by_tensor(product, call);
}

}  // namespace upmem_des

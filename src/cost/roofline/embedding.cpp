#include "cost/roofline/builtin_operators.hpp"
#include "cost/roofline/flop_counts.hpp"

namespace upmem_des {

namespace {

constexpr double id_bytes = 8;  // PyTorch's token ids and positions are 64-bit integers

/// Input: ids; output [..., dim]. The rows asked for are read and written, the rest of the table is not touched.
OperatorWork embedding(const OperatorCall& call) {
  OperatorWork work;
  work.memory_bytes =
      id_bytes * call.event.input_shape.elements() + 2 * call.element_bytes * call.event.output_shape.elements();
  return work;
}

/// As a function its first operand, which the trace shows, is the table; an id for each row of the output.
OperatorWork embedding_function(const OperatorCall& call) {
  const double elements = call.event.output_shape.elements();
  OperatorWork work;
  work.memory_bytes = id_bytes * elements / static_cast<double>(call.event.output_shape.from_end(0)) +
                      2 * call.element_bytes * elements;
  return work;
}

/// Cosines and sines of the positions, once a pass: two tables of the output's shape are written; of the input only the
/// number of rows matters. Published traces give [b, t, hidden] as output, not the tables' true [b, t, head width]: the
/// work is then overestimated.
OperatorWork rotary_embedding(const OperatorCall& call) {
  const Shape& output = call.event.output_shape;
  OperatorWork work;
  work.elements = output.elements();
  work.memory_bytes =
      id_bytes * work.elements / static_cast<double>(output.from_end(0)) + 2 * call.element_bytes * work.elements;
  return work;
}

}  // namespace

void add_embedding_operators(OperatorTable& table) {
  Operator gather(embedding);
  gather.input_element_bytes = id_bytes;
  table.add("Embedding", gather);
  table.add("embedding", Operator(embedding_function));
  for (const char* type : {"LlamaRotaryEmbedding", "MistralRotaryEmbedding", "MixtralRotaryEmbedding",
                           "Qwen2RotaryEmbedding", "Qwen3RotaryEmbedding"})
    table.add(type, Operator(ElementClass::None, flop_counts::rotary, rotary_embedding));
}

}  // namespace upmem_des

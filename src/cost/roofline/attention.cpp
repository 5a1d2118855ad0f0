#include <algorithm>
#include <cmath>

#include "cost/checks.hpp"
#include "cost/roofline/builtin_operators.hpp"
#include "cost/roofline/flop_counts.hpp"

namespace upmem_des {

namespace {

/// Heads that the cache holds, of the `heads` that the event's tensor shows.
std::int64_t cache_heads(const OperatorCall& call, std::int64_t heads) {
  if (call.held_key_value_heads) return *call.held_key_value_heads;
  const std::int64_t held = call.options.num_key_value_heads.value_or(heads);
  if (heads % held != 0)
    event_error(call.event, std::to_string(heads) + " heads are no multiple of the " + std::to_string(held) +
                                " key-value heads that the run is given");
  return held;
}

/// Rows of the cache that any of `queries` consecutive queries sees: all `keys`, or with a sliding window those of the
/// first query's window up to the last query.
double rows_seen(const OperatorCall& call, double keys, double queries) {
  if (!call.options.sliding_window) return keys;
  return std::min(keys, static_cast<double>(*call.options.sliding_window) + queries - 1);
}

/// The number of keys of an event: its kv_length, or the size that its tensors show.
double key_count(const OperatorCall& call, std::int64_t shown) {
  return static_cast<double>(call.event.kv_length.value_or(shown));
}

/// Pairs of a query and a key that it sees. Causal: the queries are the last rows, so query i (from 0) of q sees
/// keys - q + i + 1 keys, at most a window.
double seen_pairs(const OperatorCall& call, double keys, double queries) {
  const double window = call.options.sliding_window ? static_cast<double>(*call.options.sliding_window) : keys;
  if (!call.event.causal.value_or(true)) return queries * std::min(keys, window);
  if (keys < queries)
    event_error(call.event,
                "fewer keys than queries in causal attention; expected the cache with the new rows "
                "appended, or \"causal\": false");
  const double before = keys - queries;
  const double growing = std::clamp(window - before, 0.0, queries);  // queries whose window is not yet full
  return growing * before + growing * (growing + 1) / 2 + (queries - growing) * window;
}

/// Input: the key [b, h, kv, d], heads repeated or not; output [b, hq, q, dv]. 2 flop for each pair and column of the
/// key, as many for the value, and a softmax of each pair.
OperatorWork scaled_dot_product_attention(const OperatorCall& call) {
  const Shape& key = call.event.input_shape;
  const Shape& output = call.event.output_shape;
  if (key.rank() < 2 || output.rank() < 2)
    event_error(call.event, "key " + key.str() + " and output " + output.str() + "; expected 2 sizes or more of each");
  const std::int64_t key_heads = key.from_end(2);
  const std::int64_t query_heads = output.from_end(2);
  if (query_heads % key_heads != 0)
    event_error(call.event, std::to_string(query_heads) + " query heads are no multiple of " +
                                std::to_string(key_heads) + " key heads");
  const auto held = static_cast<double>(cache_heads(call, key_heads));
  const auto queries = static_cast<double>(output.from_end(1));
  const auto key_width = static_cast<double>(key.from_end(0));
  const auto value_width = static_cast<double>(output.from_end(0));
  const double shown = static_cast<double>(key.from_end(1));
  const double keys = key_count(call, key.from_end(1));
  const double batch = key.elements() / (static_cast<double>(key_heads) * shown * key_width);
  const double batch_heads = batch * static_cast<double>(query_heads);
  if (output.elements() != batch_heads * queries * value_width)
    event_error(call.event, "key " + key.str() + " and output " + output.str() + " differ in their batch");
  const double pairs = batch_heads * seen_pairs(call, keys, queries);

  OperatorWork work;
  work.flop = 2 * pairs * (key_width + value_width) + flop_counts::softmax * pairs;
  work.memory_bytes = call.element_bytes * batch_heads * queries * (key_width + value_width);
  work.kv_bytes = call.kv_element_bytes * batch * held * rows_seen(call, keys, queries) * (key_width + value_width);
  return work;
}

/// Input [..., r, k], output [..., r, n]. Traces do not record the second operand: its k and n follow, and where the
/// first has leading sizes it is taken to have them too.
OperatorWork plain_product(const OperatorCall& call) {
  const Shape& input = call.event.input_shape;
  const double inner = static_cast<double>(input.from_end(0));
  const double rows = static_cast<double>(input.from_end(1));
  const double outputs = call.event.output_shape.elements();
  if (std::fmod(outputs, rows) != 0)
    event_error(call.event, "output_shape " + call.event.output_shape.str() + " is no product of input_shape " +
                                input.str() + " and a second operand");
  OperatorWork work;
  work.flop = 2 * outputs * inner;
  work.memory_bytes = call.element_bytes * (input.elements() + outputs / rows * inner + outputs);
  return work;
}

/// Eager attention computes the scores of all queries with all rows of the cache and masks them afterwards; with a
/// sliding window the cache has the rows that any of the queries sees.
OperatorWork product_with_cache(const OperatorCall& call, const Shape& scores, std::int64_t width) {
  const std::int64_t heads = scores.from_end(2);
  const auto queries = static_cast<double>(scores.from_end(1));
  const auto shown = static_cast<double>(scores.from_end(0));
  const double keys = rows_seen(call, key_count(call, scores.from_end(0)), queries);
  const double batch = scores.elements() / (static_cast<double>(heads) * queries * shown);
  const double batch_heads = batch * static_cast<double>(heads);
  const double columns = static_cast<double>(width);
  OperatorWork work;
  work.flop = 2 * batch_heads * queries * keys * columns;
  work.memory_bytes = call.element_bytes * batch_heads * queries * (keys + columns);
  work.kv_bytes = call.kv_element_bytes * batch * static_cast<double>(cache_heads(call, heads)) * keys * columns;
  return work;
}

const Name& attn_weights() {
  static const Name name("attn_weights");
  return name;
}

const Name& attn_output() {
  static const Name name("attn_output");
  return name;
}

/// attn_weights: query [b, h, q, d] times keys gives scores [b, h, q, L]; attn_output: scores times values [b, h, q,
/// d].
OperatorWork matrix_product(const OperatorCall& call) {
  const Shape& input = call.event.input_shape;
  const Shape& output = call.event.output_shape;
  const bool to_scores = call.event.name == attn_weights();
  if (!to_scores && call.event.name != attn_output()) return plain_product(call);
  if (input.rank() < 2 || output.rank() != input.rank() || output.from_end(1) != input.from_end(1) ||
      output.from_end(2) != input.from_end(2))
    event_error(call.event, "input_shape " + input.str() + " and output_shape " + output.str() +
                                "; expected equal sizes but for the last, as of a product with the cache");
  return to_scores ? product_with_cache(call, output, input.from_end(0))
                   : product_with_cache(call, input, output.from_end(0));
}

/// Over all elements; in eager attention over the scores that product_with_cache() computes.
OperatorWork softmax(const OperatorCall& call) {
  const Shape& input = call.event.input_shape;
  OperatorWork work;
  work.elements = input.elements();
  if (call.event.name == attn_weights() && input.rank() >= 2) {
    const double queries = static_cast<double>(input.from_end(1));
    const double shown = static_cast<double>(input.from_end(0));
    work.elements = work.elements / shown * rows_seen(call, key_count(call, input.from_end(0)), queries);
  }
  work.memory_bytes = call.element_bytes * 2 * work.elements;
  return work;
}

}  // namespace

void add_attention_operators(OperatorTable& table) {
  table.add("scaled_dot_product_attention", Operator(scaled_dot_product_attention));
  table.add("matmul", Operator(matrix_product));
  table.add("bmm", Operator(matrix_product));
  for (const char* type : {"softmax", "Softmax", "log_softmax", "LogSoftmax"})
    table.add(type, Operator(ElementClass::Softmax, flop_counts::softmax, softmax));
}

}  // namespace upmem_des

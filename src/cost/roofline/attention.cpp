#include <algorithm>
#include <cmath>

#include "cost/checks.hpp"
#include "cost/roofline/flop_counts.hpp"
#include "cost/roofline/operation_work.hpp"
#include "util/number_text.hpp"

namespace upmem_des {

namespace {

/// A call of attention, with what its operation says.
struct AttentionCall : OperatorCall {
  AttentionCall(const operation::Attention& of, const OperatorCall& call) : OperatorCall(call), attention(of) {}

  const operation::Attention& attention;
};

/// Heads that the cache holds, of the `heads` that the event's tensor shows.
std::int64_t cache_heads(const AttentionCall& call, std::int64_t heads) {
  if (call.held_key_value_heads) return *call.held_key_value_heads;
  if (call.attention.latent_width > 0 || call.attention.is_cross || !call.attention.is_cached) return heads;
  const std::int64_t own = call.attention.cache_heads > 0 ? call.attention.cache_heads : heads;
  const std::int64_t held = call.options.num_key_value_heads.value_or(own);
  if (heads % held != 0)
    event_error(call.event, std::to_string(heads) + " heads are no multiple of the " + std::to_string(held) +
                                " key-value heads that the run is given");
  return held;
}

/// Rows that a query sees at most, where that is bounded.
std::optional<double> window_of(const AttentionCall& call) {
  using Mask = operation::Attention::Mask;
  if (call.attention.mask == Mask::Window) return static_cast<double>(call.attention.window);
  if (call.attention.mask != Mask::Run || !call.options.sliding_window) return std::nullopt;
  return static_cast<double>(*call.options.sliding_window);
}

/// Positions before the first of the chunk that position `at` is in.
double chunk_begin(const AttentionCall& call, double at) {
  const auto chunk = static_cast<double>(call.attention.window);
  return std::floor(at / chunk) * chunk;
}

/// Rows of the cache that any of `queries` consecutive queries sees: all `keys`, or with a sliding window those of the
/// first query's window up to the last query; with chunks, those since the first query's chunk began.
double rows_seen(const AttentionCall& call, double keys, double queries) {
  if (call.attention.mask == operation::Attention::Mask::Chunk)
    return keys - chunk_begin(call, std::max(keys - queries, 0.0));
  const std::optional<double> window = window_of(call);
  return window ? std::min(keys, *window + queries - 1) : keys;
}

/// The number of keys of an event: its kv_length, or the size that its tensors show.
double key_count(const AttentionCall& call, std::int64_t shown) {
  return static_cast<double>(call.event.kv_length.value_or(shown));
}

/// Sequences of equal length, of each event at least one.
struct Rows {
  double sequences = 1;
  double keys = 0;
  double queries = 0;
};

/// Calls use(rows) for all sequences: the event's slices or, where it has none, `shown`, all alike. Those of another
/// network's rows have all of them.
template <typename Use>
void for_each_length(const AttentionCall& call, const Rows& shown, const Use& use) {
  if (call.event.slices == nullptr) {
    use(shown);
    return;
  }
  for (const Slice& slice : *call.event.slices)
    use(Rows{static_cast<double>(slice.sequences),
             call.attention.is_cross ? shown.keys : static_cast<double>(slice.rows()),
             static_cast<double>(slice.new_rows)});
}

/// Do slices say as many rows as the tensors of fused attention have?
void check_slices(const AttentionCall& call, double queries, double shown_keys) {
  double new_rows = 0, rows = 0;
  for (const Slice& slice : *call.event.slices) {
    new_rows += static_cast<double>(slice.sequences * slice.new_rows);
    rows += static_cast<double>(slice.sequences * slice.rows());
  }
  if (new_rows != queries || (!call.attention.is_cross && rows != shown_keys))
    event_error(call.event, "slices of " + number_text(new_rows) + " new rows and " + number_text(rows) +
                                " in all, but tensors of " + number_text(queries) + " and " + number_text(shown_keys) +
                                "; expected the same");
}

/// Keys that the queries at the first `positions` positions see in their chunks: 1, 2, …, chunk, 1, 2, …
double seen_in_chunks(const AttentionCall& call, double positions) {
  const auto chunk = static_cast<double>(call.attention.window);
  const double full = std::floor(positions / chunk);
  const double rest = positions - full * chunk;
  return full * chunk * (chunk + 1) / 2 + rest * (rest + 1) / 2;
}

/// Pairs of a query and a key that it sees. Causal: the queries are the last rows, so query i (from 0) of q sees
/// keys - q + i + 1 keys, at most a window.
double seen_pairs(const AttentionCall& call, double keys, double queries) {
  const double window = window_of(call).value_or(keys);
  if (!call.event.causal.value_or(call.attention.causal)) return queries * std::min(keys, window);
  if (keys < queries)
    event_error(call.event,
                "fewer keys than queries in causal attention; expected the cache with the new rows "
                "appended, or \"causal\": false");
  const double before = keys - queries;
  if (call.attention.mask == operation::Attention::Mask::Chunk)
    return seen_in_chunks(call, keys) - seen_in_chunks(call, before);
  const double growing = std::clamp(window - before, 0.0, queries);  // queries whose window is not yet full
  return growing * before + growing * (growing + 1) / 2 + (queries - growing) * window;
}

/// Reads `rows` rows of keys and values, of all sequences, `numbers` wide together, for `heads` heads.
void read_keys_and_values(const AttentionCall& call, double heads, double rows, double numbers, OperatorWork& work) {
  if (call.attention.latent_width > 0 && !call.attention.is_expanded)
    work.kv_bytes = call.kv_element_bytes * rows * static_cast<double>(call.attention.latent_width);
  else if (call.attention.is_cached && !call.attention.is_expanded)
    work.kv_bytes = call.kv_element_bytes * heads * rows * numbers;
  else
    work.memory_bytes += call.element_bytes * heads * rows * numbers;
}

/// Adds sequences of equal length to a kernel's; `seen` are the rows of the cache that any of one's queries sees.
void add_sequences(const Rows& rows, double seen, double flop, AttentionSizes& sizes) {
  constexpr double tile = 128;
  if (rows.queries <= 1) {
    sizes.longest = std::max(sizes.longest, seen);
    sizes.longest_decode = std::max(sizes.longest_decode, seen);
    sizes.decodes += rows.sequences;
    sizes.decode_rows += rows.sequences * seen;
    sizes.decode_flop += flop;
    return;
  }
  sizes.longest = std::max(sizes.longest, rows.keys);
  sizes.longest_prompt = std::max(sizes.longest_prompt, rows.keys);
  const double sharing = sizes.cache_heads > 0 ? sizes.query_heads / sizes.cache_heads : 1;
  sizes.prompts += rows.sequences;
  sizes.flop += flop;
  sizes.tiles += rows.sequences * sizes.query_heads * std::ceil(rows.queries / tile);
  sizes.grouped_tiles += rows.sequences * sizes.cache_heads * std::ceil(rows.queries * sharing / tile);
}

/// Query heads that read the same rows of a cache: all, where each token has one latent row.
double rows_sharing(const AttentionCall& call, double heads, double held) {
  return call.attention.latent_width > 0 && !call.attention.is_expanded ? heads : heads / held;
}

/// Input: the key [b, h, kv, d], heads repeated or not; output [b, hq, q, dv]. With slices b is 1, kv and q are the
/// rows of all sequences, and each sequence attends to its own: what a step costs is the sum of theirs. 2 flop for each
/// pair and column of the key, as many for the value, and a softmax of each pair.
OperatorWork fused(const AttentionCall& call) {
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
  const auto heads = static_cast<double>(query_heads);
  if (call.event.slices != nullptr)
    check_slices(call, queries, shown);
  else if (output.elements() != batch * heads * queries * value_width)
    event_error(call.event, "key " + key.str() + " and output " + output.str() + " differ in their batch");
  const double sharing = rows_sharing(call, heads, held);
  double pairs = 0, query_rows = 0, key_rows = 0, passes = 1, sequences = 0;
  double decode_query_rows = 0, decode_key_rows = 0;
  AttentionSizes sizes;
  sizes.query_heads = heads;
  sizes.cache_heads = held;
  sizes.width = (key_width + value_width) / 2;
  for_each_length(call, {batch, keys, queries}, [&](const Rows& rows) {
    const double seen_by_head = seen_pairs(call, rows.keys, rows.queries);
    const double seen = rows.sequences * heads * seen_by_head;
    const double once = rows_seen(call, rows.keys, rows.queries);
    add_sequences(rows, once, seen * 2 * (key_width + value_width), sizes);
    pairs += seen;
    query_rows += rows.sequences * heads * rows.queries;
    const double times = call.passes(sharing * rows.queries);
    const double read = rows.sequences * (times > 1 ? std::max(once, times * seen_by_head / rows.queries) : once);
    key_rows += read;
    if (rows.queries <= 1) {
      decode_query_rows += rows.sequences * heads * rows.queries;
      decode_key_rows += read;
    }
    passes = std::max(passes, times);
    sequences += rows.sequences;
  });
  // Of rows that devices share, each has the same part of everybody's.
  const double of_queries = query_rows > 0 ? decode_query_rows / query_rows : 0;
  const double of_keys = key_rows > 0 ? decode_key_rows / key_rows : 0;
  pairs *= call.context.share;
  (call.context.has_keys ? query_rows : key_rows) *= call.context.share;

  OperatorWork work;
  work.flop = 2 * pairs * (key_width + value_width) + flop_counts::softmax * pairs;
  if (call.attention.softcap) work.flop += flop_counts::softcap * pairs;
  work.memory_bytes = call.element_bytes * query_rows * (key_width + value_width);
  const double query_bytes = work.memory_bytes;
  read_keys_and_values(call, held, key_rows, key_width + value_width, work);
  sizes.flop *= call.context.share;
  sizes.decode_flop *= call.context.share;
  sizes.bytes = work.memory_bytes + work.kv_bytes;
  sizes.decode_bytes = of_queries * query_bytes + of_keys * (sizes.bytes - query_bytes);
  work.sizes = sizes;
  work.passes = passes;
  work.input_bytes = call.element_bytes * query_rows * key_width;
  work.output_bytes = call.element_bytes * query_rows * value_width;
  work.caches = sequences * heads / sharing;
  work.softmax_elements = pairs;
  work.softmax_flop = work.flop - 2 * pairs * (key_width + value_width);
  work.softmax_bytes = call.element_bytes * pairs;
  return work;
}

/// Eager attention computes the scores of all queries with all rows of the cache and masks them afterwards; with a
/// sliding window the cache has the rows that any of the queries sees.
OperatorWork product_with_cache(const AttentionCall& call, const Shape& scores, std::int64_t width) {
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
  const auto held = static_cast<double>(cache_heads(call, heads));
  const double sharing = rows_sharing(call, static_cast<double>(heads), held);
  work.passes = call.passes(sharing * queries);
  work.caches = batch_heads / sharing;
  read_keys_and_values(call, held, work.passes * (batch * keys), columns, work);
  const bool gives_scores = call.attention.part == operation::Attention::Part::Scores;
  work.input_bytes = call.element_bytes * batch_heads * queries * (gives_scores ? columns : keys);
  work.output_bytes = call.element_bytes * batch_heads * queries * (gives_scores ? keys : columns);
  return work;
}

/// Scores: query [b, h, q, d] times keys gives [b, h, q, L]; output: scores times values [b, h, q, d].
OperatorWork matrix_product(const AttentionCall& call) {
  const Shape& input = call.event.input_shape;
  const Shape& output = call.event.output_shape;
  if (input.rank() < 2 || output.rank() != input.rank() || output.from_end(1) != input.from_end(1) ||
      output.from_end(2) != input.from_end(2))
    event_error(call.event, "input_shape " + input.str() + " and output_shape " + output.str() +
                                "; expected equal sizes but for the last, as of a product with the cache");
  return call.attention.part == operation::Attention::Part::Scores
             ? product_with_cache(call, output, input.from_end(0))
             : product_with_cache(call, input, output.from_end(0));
}

/// Over the scores that product_with_cache() computes.
OperatorWork softmax(const AttentionCall& call) {
  const Shape& input = call.event.input_shape;
  OperatorWork work;
  work.elements = input.elements();
  if (input.rank() >= 2) {
    const double queries = static_cast<double>(input.from_end(1));
    const double shown = static_cast<double>(input.from_end(0));
    work.elements = work.elements / shown * rows_seen(call, key_count(call, input.from_end(0)), queries);
  }
  work.memory_bytes = call.element_bytes * 2 * work.elements;
  return work;
}

}  // namespace

OperatorWork attention_work(const operation::Attention& attention, const OperatorCall& call) {
  const AttentionCall of_attention(attention, call);
  if (call.event.slices != nullptr && attention.part != operation::Attention::Part::Fused)
    event_error(call.event, "slices of sequences, but a part of eager attention; expected fused attention");
  switch (attention.part) {
    case operation::Attention::Part::Fused:
      return fused(of_attention);
    case operation::Attention::Part::Softmax:
      return softmax(of_attention);
    case operation::Attention::Part::Scores:
    case operation::Attention::Part::Output:
      break;
  }
  return matrix_product(of_attention);
}

}  // namespace upmem_des

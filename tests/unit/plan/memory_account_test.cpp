#include "plan/memory_account.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "upmem_des/platform/platform_spec.hpp"
#include "upmem_des/trace/layer_event.hpp"
#include "upmem_des/util/error.hpp"

using namespace upmem_des;

namespace {

/// bfloat16 weights, an int8 cache: keeps the two apart.
MemoryAccount::Options options() {
  MemoryAccount::Options all;
  all.bytes_per_element = 2;
  all.kv_bytes_per_element = 1;
  return all;
}

LayerEvent linear(std::int64_t id, std::int64_t in, std::int64_t out, std::int64_t rows = 1) {
  LayerEvent event;
  event.type = Name("Linear");
  event.name = Name("q_proj");
  event.id = id;
  event.input_shape = {rows, in};
  event.weight_shape = Shape{in, out};
  event.output_shape = {rows, out};
  return event;
}

LayerEvent function(const char* type, const char* name, const Shape& input, const Shape& output) {
  LayerEvent event;
  event.kind = EventKind::Function;
  event.type = Name(type);
  event.name = Name(name);
  event.input_shape = input;
  event.output_shape = output;
  return event;
}

/// Attention of `batch` rows: keys [batch, heads, keys, 8], values 4 wide.
LayerEvent attention(std::int64_t batch, std::int64_t heads, std::int64_t keys, std::int64_t queries = 1) {
  return function("scaled_dot_product_attention", "attn_output", {batch, heads, keys, 8}, {batch, heads, queries, 4});
}

/// Adds events of whole batches on one device, in passes: numbers and steps them.
class OneDevice {
 public:
  explicit OneDevice(const MemoryAccount::Options& all) : account_(1, all) {}

  void pass(const std::vector<LayerEvent>& events, std::optional<std::int64_t> kv_heads = std::nullopt) {
    for (LayerEvent event : events) {
      event.seq = seq_++;
      event.step = step_;
      event.phase = step_ == 0 ? Phase::Prefill : Phase::Decode;
      account_.add(0, event, event, {kv_heads, 1});
    }
    ++step_;
  }

  const HeldBytes& held() const { return account_.held().front(); }

 private:
  MemoryAccount account_;
  std::int64_t seq_ = 0;
  std::int64_t step_ = 0;
};

double cache_of(const MemoryAccount::Options& all, const std::vector<LayerEvent>& prefill,
                const std::vector<LayerEvent>& decode = {}) {
  OneDevice device(all);
  device.pass(prefill);
  device.pass(decode);
  return device.held().kv_cache_B;
}

}  // namespace

TEST(MemoryAccountTest, NothingIsNothing) {
  const MemoryAccount account(3, options());
  ASSERT_EQ(account.held().size(), 3U);
  for (const HeldBytes& held : account.held()) EXPECT_EQ(held.total_B(), 0);
}

TEST(MemoryAccountTest, WeightsCountOnceALayer) {
  OneDevice device(options());
  device.pass({linear(1, 4, 10), linear(2, 4, 10)});
  EXPECT_EQ(device.held().weights_B, 2 * (40 + 40));
  device.pass({linear(1, 4, 10), linear(2, 4, 10), linear(3, 10, 4)});
  EXPECT_EQ(device.held().weights_B, 2 * (40 + 40 + 40));
}

TEST(MemoryAccountTest, EveryDeviceHoldsItsPart) {
  MemoryAccount account(3, options());
  const LayerEvent whole = linear(1, 4, 10);
  account.add(1, whole, linear(1, 4, 6));
  account.add(2, whole, linear(1, 4, 4));
  account.add(1, whole, linear(1, 4, 6));
  EXPECT_EQ(account.held()[0].weights_B, 0);
  EXPECT_EQ(account.held()[1].weights_B, 48);
  EXPECT_EQ(account.held()[2].weights_B, 32);
  // Split in one phase, whole in the other: the part is in the whole.
  account.add(1, whole, whole);
  EXPECT_EQ(account.held()[1].weights_B, 80);
  account.add(1, whole, linear(1, 4, 6));
  EXPECT_EQ(account.held()[1].weights_B, 80);
}

TEST(MemoryAccountTest, WithoutIdsLayersAreToldApartByPathThenName) {
  const auto weights = [](const std::vector<LayerEvent>& events) {
    OneDevice device(options());
    device.pass(events);
    return device.held().weights_B;
  };
  LayerEvent event = linear(0, 4, 10);
  event.id.reset();
  LayerEvent other = event;
  EXPECT_EQ(weights({event, other}), 80) << "one name, one type";
  other.name = Name("k_proj");
  EXPECT_EQ(weights({event, other}), 160);
  other.name = event.name;
  other.type = Name("Conv1D");
  EXPECT_EQ(weights({event, other}), 160);

  event.path = Name("layers.0.q_proj");
  other = event;
  EXPECT_EQ(weights({event, other}), 80);
  other.path = Name("layers.1.q_proj");
  EXPECT_EQ(weights({event, other}), 160);
  other.id = event.id = 7;
  EXPECT_EQ(weights({event, other}), 80) << "the id decides";
}

TEST(MemoryAccountTest, WithoutIdsExpertsAreLayersOfTheirOwn) {
  OneDevice device(options());
  LayerEvent event = linear(0, 4, 10);
  event.id.reset();
  LayerEvent other = event;
  event.experts = {0};
  other.experts = {1};
  device.pass({event, other});
  EXPECT_EQ(device.held().weights_B, 160);

  LayerEvent router = event;
  router.name = Name("gate");
  router.experts = {0, 1};
  LayerEvent again = router;
  again.experts = {2, 3};
  device.pass({router, again});
  EXPECT_EQ(device.held().weights_B, 240) << "a router is one layer, whichever experts it chooses";
}

TEST(MemoryAccountTest, EmbeddingsNeedTheVocabulary) {
  LayerEvent event = linear(0, 1, 1);
  event.type = Name("Embedding");
  event.input_shape = {2, 3};
  event.output_shape = {2, 3, 16};
  MemoryAccount::Options all = options();
  OneDevice unknown(all);
  unknown.pass({event});
  EXPECT_EQ(unknown.held().weights_B, 0);
  all.embedding_rows = 100;
  OneDevice known(all);
  known.pass({event});
  EXPECT_EQ(known.held().weights_B, 2 * 1600);
  EXPECT_EQ(known.held().activations_B, 8 * 6 + 2 * 96) << "ids of 8 bytes";
}

/// bfloat16 biases, int8 weights. Two layers of packed experts that have no ids and no paths; the second pass reads
/// the same ones again.
TEST(MemoryAccountTest, PackedExpertsCountAllOfThem) {
  operation::Product packed;
  packed.second = operation::Product::Second::Packed;
  packed.matrices = 4;
  packed.bias = true;
  LayerEvent experts = function("grouped_mm", "return", {24, 64}, {24, 192});
  experts.operation = &keep(packed);
  experts.experts = {1, 2};
  MemoryAccount::Options all = options();
  all.weight_bytes_per_element = 1;
  OneDevice device(all);
  device.pass({experts, linear(0, 2, 3), experts});
  device.pass({experts, linear(0, 2, 3), experts});
  EXPECT_EQ(device.held().weights_B, 2 * (4 * 64 * 192 + 2 * 4 * 192) + 2 * 3);
}

TEST(MemoryAccountTest, FunctionsWithAPathAreThoseOfTheirParameter) {
  operation::Product product;
  product.second = operation::Product::Second::Implied;
  LayerEvent shared = function("linear", "x", {3, 8}, {3, 16});
  shared.operation = &keep(product);
  shared.path = Name("head.weight");
  LayerEvent other = shared;
  other.path = Name("other.weight");
  OneDevice device(options());
  device.pass({shared, other, shared});
  EXPECT_EQ(device.held().weights_B, 2 * 2 * 8 * 16);
}

TEST(MemoryAccountTest, ActivationsAreThoseOfTheLargestEvent) {
  OneDevice device(options());
  device.pass({linear(1, 4, 10, 3), linear(2, 10, 4, 2), function("softmax", "probs", {1, 20}, {1, 20})});
  EXPECT_EQ(device.held().activations_B, 2 * (12 + 30)) << "and not of softmax, 2 * 40";
  device.pass({linear(1, 4, 10, 1)});
  EXPECT_EQ(device.held().activations_B, 84);
  device.pass({linear(1, 4, 10, 6)});
  EXPECT_EQ(device.held().activations_B, 168);
}

TEST(MemoryAccountTest, ACacheForEachAttentionOfAPass) {
  // 2 · 3 heads · 5 rows · (8 + 4) = 360 bytes of int8 for each of two layers; then a row more: 432.
  EXPECT_EQ(cache_of(options(), {attention(2, 3, 5, 5), attention(2, 3, 5, 5)}), 720);
  EXPECT_EQ(
      cache_of(options(), {attention(2, 3, 5, 5), attention(2, 3, 5, 5)}, {attention(2, 3, 6), attention(2, 3, 6)}),
      864);
  EXPECT_EQ(cache_of(options(), {attention(2, 3, 6, 6)}, {attention(2, 3, 5)}), 432) << "the largest counts";
}

TEST(MemoryAccountTest, MissingSizesAreOnes) {
  EXPECT_EQ(cache_of(options(), {function("scaled_dot_product_attention", "x", {5, 8}, {1, 4})}), 5 * 12);
  // Five sizes: the first two are the batch.
  EXPECT_EQ(cache_of(options(), {function("scaled_dot_product_attention", "x", {2, 7, 3, 5, 8}, {2, 7, 3, 1, 4})}),
            14 * 3 * 5 * 12);
}

TEST(MemoryAccountTest, HeadsThatTheCacheHolds) {
  MemoryAccount::Options all = options();
  all.key_value_heads = 1;
  EXPECT_EQ(cache_of(all, {attention(2, 4, 5)}), 2 * 1 * 5 * 12);
  all.key_value_heads = 8;
  EXPECT_EQ(cache_of(all, {attention(2, 4, 5)}), 2 * 4 * 5 * 12) << "no more than the event shows";
  OneDevice part(all);
  part.pass({attention(2, 4, 5)}, 2);
  EXPECT_EQ(part.held().kv_cache_B, 2 * 2 * 5 * 12) << "the part's own";
}

TEST(MemoryAccountTest, EagerAttentionHoldsKeysAndValues) {
  // Queries of 3 rows, 6 wide; 5 cached rows; values 4 wide. 2 of 4 heads in the cache.
  MemoryAccount::Options all = options();
  all.key_value_heads = 2;
  const LayerEvent keys = function("matmul", "attn_weights", {2, 4, 3, 6}, {2, 4, 3, 5});
  const LayerEvent values = function("bmm", "attn_output", {2, 4, 3, 5}, {2, 4, 3, 4});
  const LayerEvent scores = function("softmax", "attn_weights", {2, 4, 3, 5}, {2, 4, 3, 5});
  EXPECT_EQ(cache_of(all, {keys}), 2 * 2 * 5 * 6);
  EXPECT_EQ(cache_of(all, {values}), 2 * 2 * 5 * 4);
  EXPECT_EQ(cache_of(all, {keys, scores, values}), 200);
  EXPECT_EQ(cache_of(all, {keys, scores, values}, {keys, scores, values}), 200);
  EXPECT_EQ(cache_of(all, {function("matmul", "mixing", {2, 4, 3, 6}, {2, 4, 3, 5})}), 0) << "no attention";
}

/// 3 sequences of 10 rows of 24 numbers, whatever the heads are.
TEST(MemoryAccountTest, LatentRowsAreHeldOnce) {
  const auto latent = [](operation::Attention::Part part, LayerEvent event) {
    operation::Attention attention;
    attention.part = part;
    attention.latent_width = 24;
    event.operation = &keep(attention);
    return event;
  };
  using Part = operation::Attention::Part;
  EXPECT_EQ(cache_of(options(), {latent(Part::Fused, attention(3, 4, 10, 10))}), 3 * 10 * 24);
  EXPECT_EQ(
      cache_of(options(), {latent(Part::Scores, function("matmul", "attn_weights", {3, 4, 10, 8}, {3, 4, 10, 10})),
                           latent(Part::Output, function("matmul", "attn_output", {3, 4, 10, 10}, {3, 4, 10, 4}))}),
      3 * 10 * 24);
}

TEST(MemoryAccountTest, RowsOfTheCache) {
  MemoryAccount::Options all = options();
  LayerEvent event = attention(1, 1, 5);
  event.kv_length = 7;
  EXPECT_EQ(cache_of(all, {event}), 7 * 12) << "kv_length before what is shown";

  EXPECT_EQ(cache_of(all, {attention(1, 1, 5)}, {attention(1, 1, 100)}), 100 * 12) << "the largest call";

  all.sliding_window = 40;
  EXPECT_EQ(cache_of(all, {}, {attention(1, 1, 100)}), 40 * 12);
  all.sliding_window = 4;
  EXPECT_EQ(cache_of(all, {attention(1, 1, 5)}), 4 * 12);
  all.sliding_window = 1000;
  EXPECT_EQ(cache_of(all, {attention(1, 1, 5)}), 5 * 12) << "a long window adds nothing";
}

TEST(MemoryAccountTest, MicroBatchesOfAnEventAddUp) {
  MemoryAccount account(2, options());
  const auto add = [&](std::int64_t seq, std::int64_t step, std::int64_t keys) {
    LayerEvent whole = attention(3, 2, keys);
    whole.seq = seq;
    whole.step = step;
    whole.phase = step == 0 ? Phase::Prefill : Phase::Decode;
    account.add(0, whole, attention(2, 2, keys));
    account.add(0, whole, attention(1, 2, keys));
    account.add(1, whole, attention(3, 2, keys));
  };
  add(0, 0, 5);
  add(4, 0, 5);
  // Two layers of 3 · 2 heads · 5 rows · 12 bytes = 360, in two parts or in one.
  EXPECT_EQ(account.held()[0].kv_cache_B, 720);
  EXPECT_EQ(account.held()[1].kv_cache_B, 720);
  add(8, 1, 6);
  add(12, 1, 6);
  EXPECT_EQ(account.held()[0].kv_cache_B, 864);
  EXPECT_EQ(account.held()[1].kv_cache_B, 864);
}

TEST(MemoryAccountTest, MicroBatchesMayTakeTurns) {
  // One micro-batch goes through both layers before the other does.
  MemoryAccount account(1, options());
  for (const std::int64_t rows : {2, 1})
    for (const std::int64_t seq : {3, 9}) {
      LayerEvent whole = attention(3, 2, 5);
      whole.seq = seq;
      account.add(0, whole, attention(rows, 2, 5));
    }
  EXPECT_EQ(account.held()[0].kv_cache_B, 720) << "2 layers of 3 * 2 heads * 5 rows * 12";
}

TEST(MemoryAccountTest, ALayerHasOneCacheOnADeviceWhateverTheOthersHold) {
  // Layer 0 on device 0, layer 1 on device 1, in both passes.
  MemoryAccount account(2, options());
  std::int64_t seq = 0;
  for (const std::int64_t step : {0, 1})
    for (const DeviceIndex device : {0U, 1U}) {
      LayerEvent event = attention(1, 1, 5 + step);
      event.seq = seq++;
      event.step = step;
      account.add(device, event, event);
    }
  EXPECT_EQ(account.held()[0].kv_cache_B, 72);
  EXPECT_EQ(account.held()[1].kv_cache_B, 72);
}

TEST(MemoryAccountTest, SizesOfZero) {
  const HeldBytes held = [] {
    OneDevice device(options());
    device.pass({attention(0, 3, 5), attention(1, 0, 5), attention(1, 1, 0), linear(1, 4, 10, 0)});
    return device.held();
  }();
  EXPECT_EQ(held.kv_cache_B, 0);
  EXPECT_EQ(held.weights_B, 80) << "an expert without tokens has weights";
  EXPECT_EQ(held.activations_B, 8) << "the output [1, 1, 1, 4] of the attention without keys";
}

TEST(MemoryAccountTest, TotalsAreSums) {
  HeldBytes held;
  held.weights_B = 1;
  held.kv_cache_B = 2;
  held.activations_B = 4;
  EXPECT_EQ(held.total_B(), 7);
}

TEST(MemoryAccountTest, AWeightThatIsMissingIsAnError) {
  LayerEvent event = linear(1, 4, 10);
  event.weight_shape.reset();
  MemoryAccount account(1, options());
  try {
    account.add(0, event, event);
    FAIL();
  } catch (const InputError& error) {
    EXPECT_STREQ(error.what(), "Linear 'q_proj' (event 0): no weight_shape of 2 sizes; its cost follows from them");
  }
}

namespace {

/// Two heads of keys 8 and values 4 wide, of sequences.
LayerEvent attention_of_slices(std::int64_t seq, const std::vector<Slice>& slices) {
  std::int64_t queries = 0, keys = 0;
  for (const Slice& slice : slices) {
    queries += slice.sequences * slice.new_rows;
    keys += slice.sequences * slice.rows();
  }
  LayerEvent event = attention(1, 2, keys, queries);
  event.seq = event.step = seq;
  event.phase = seq == 0 ? Phase::Prefill : Phase::Decode;
  event.slices = std::make_shared<const std::vector<Slice>>(slices);
  return event;
}

}  // namespace

TEST(MemoryAccountTest, EachSequenceHasACacheUntilItIsFreed) {
  constexpr double row_B = 2 * (8 + 4);
  MemoryAccount account(2, options());
  const auto add = [&](DeviceIndex device, const LayerEvent& event) { account.add(device, event, event); };
  add(0, attention_of_slices(0, {{0, 1, 5, 0}, {1, 2, 3, 0}}));
  EXPECT_EQ(account.kv_cache_B(0), row_B * (5 + 2 * 3));
  // Who is not in a step keeps what it has.
  add(0, attention_of_slices(1, {{0, 1, 1, 5}}));
  EXPECT_EQ(account.kv_cache_B(0), row_B * (6 + 2 * 3));
  account.free(1);
  EXPECT_EQ(account.kv_cache_B(0), row_B * (6 + 3));
  EXPECT_EQ(account.held()[0].kv_cache_B, row_B * (6 + 2 * 3)) << "the most at a time";
  // A sequence goes to another device: from there it is gone when its layer is called again.
  add(1, attention_of_slices(2, {{0, 1, 1, 6}}));
  EXPECT_EQ(account.kv_cache_B(1), row_B * 7);
  add(1, attention_of_slices(3, {{0, 1, 1, 7}}));
  EXPECT_EQ(account.kv_cache_B(0), row_B * 3);
  EXPECT_EQ(account.kv_cache_B(1), row_B * 8);
  account.free(0);
  account.free(2);
  EXPECT_EQ(account.kv_cache_B(0), 0);
  EXPECT_EQ(account.kv_cache_B(1), 0);
}

TEST(MemoryAccountTest, WindowsAreThoseOfEachSequence) {
  MemoryAccount::Options windows = options();
  windows.sliding_window = 4;
  MemoryAccount account(1, windows);
  const LayerEvent event = attention_of_slices(0, {{0, 1, 9, 0}, {1, 1, 3, 0}});
  account.add(0, event, event);
  EXPECT_EQ(account.kv_cache_B(0), 2 * (8 + 4) * (4 + 3));
}

/// A kernel that was measured alone and the same call of a network have the same sizes, so that a form that is fitted
/// to the one says the time of the other.
#include <gtest/gtest.h>

#include "cost/roofline_model.hpp"
#include "measurement/measured_rows.hpp"
#include "support/temporary_folder.hpp"

using namespace upmem_des;
using upmem_des::test::TemporaryFolder;

namespace {

KernelSizes measured(const std::string& row) {
  const TemporaryFolder folder;
  MeasuredRows rows;
  read_measured_rows(folder.write("m.csv",
                                  "hardware,op,m,n,k,batch,q_heads,kv_heads,head_dim,q_len,kv_len,dtype,"
                                  "measured_time_us\n" +
                                      row + "\n"),
                     {}, rows);
  return rows.kernels.at(0).sizes;
}

KernelSizes of_network(const LayerEvent& event, const CostOptions& options) {
  return RooflineModel(options).kernel_sizes(event).value();
}

LayerEvent linear(const Shape& in, const Shape& weight, const Shape& out) {
  LayerEvent event;
  event.type = Name("Linear");
  event.name = Name("up_proj");
  event.input_shape = in;
  event.weight_shape = weight;
  event.output_shape = out;
  return event;
}

void expect_same(const ProductSizes& a, const ProductSizes& b) {
  EXPECT_DOUBLE_EQ(a.m, b.m);
  EXPECT_DOUBLE_EQ(a.n, b.n);
  EXPECT_DOUBLE_EQ(a.k, b.k);
  EXPECT_DOUBLE_EQ(a.bytes, b.bytes);
  EXPECT_DOUBLE_EQ(a.quantized_bytes, b.quantized_bytes);
}

}  // namespace

TEST(KernelSizes, OfProducts) {
  const LayerEvent event = linear({4, 16, 200}, {200, 100}, {4, 16, 100});
  CostOptions options;
  expect_same(std::get<ProductSizes>(measured("A,matmul,64,100,200,,,,,,,bf16,9")),
              std::get<ProductSizes>(of_network(event, options)));
  options.weight_dtype = options.activation_dtype = NumberFormat::fp8;
  const auto narrow = std::get<ProductSizes>(of_network(event, options));
  EXPECT_GT(narrow.quantized_bytes, 0);
  expect_same(std::get<ProductSizes>(measured("A,matmul,64,100,200,,,,,,,fp8,9")), narrow);
  options.weight_dtype = NumberFormat::int4;
  options.activation_dtype.reset();
  EXPECT_EQ(0, std::get<ProductSizes>(of_network(event, options)).quantized_bytes);
}

TEST(KernelSizes, OfDecodes) {
  LayerEvent event;
  event.kind = EventKind::Function;
  event.type = Name("scaled_dot_product_attention");
  event.name = Name("attn_output");
  event.phase = Phase::Decode;
  event.input_shape = {4, 8, 1000, 128};
  event.output_shape = {4, 32, 1, 128};
  CostOptions options;
  options.num_key_value_heads = 8;
  const auto call = std::get<AttentionSizes>(of_network(event, options));
  const auto kernel = std::get<AttentionSizes>(measured("A,attention_decode,,,,4,32,8,128,1,1000,bf16,9"));
  EXPECT_DOUBLE_EQ(kernel.query_heads, call.query_heads);
  EXPECT_DOUBLE_EQ(kernel.cache_heads, call.cache_heads);
  EXPECT_DOUBLE_EQ(kernel.width, call.width);
  EXPECT_DOUBLE_EQ(kernel.decodes, call.decodes);
  EXPECT_DOUBLE_EQ(kernel.decode_flop, call.decode_flop);
  EXPECT_DOUBLE_EQ(kernel.bytes, call.bytes);
  EXPECT_DOUBLE_EQ(kernel.longest, call.longest);
  // Everything is of decodes: 4 caches of 8 heads of 1000 rows, 4 queries and outputs of 32 heads.
  EXPECT_DOUBLE_EQ(2 * 2 * 128 * 4 * (8 * 1000 + 32), call.decode_bytes);
  EXPECT_DOUBLE_EQ(kernel.decode_bytes, call.decode_bytes);
  EXPECT_DOUBLE_EQ(call.bytes, call.decode_bytes);
  EXPECT_EQ(1000, call.longest_decode);
  EXPECT_EQ(0, call.longest_prompt);
  EXPECT_EQ(0, call.prompts);
  EXPECT_EQ(0, call.flop);
}

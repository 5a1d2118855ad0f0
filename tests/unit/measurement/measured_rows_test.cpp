/// What rows of measurements mean, and every message of wrong ones.
#include "measurement/measured_rows.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "support/temporary_folder.hpp"
#include "upmem_des/util/error.hpp"

using namespace upmem_des;
using upmem_des::test::TemporaryFolder;

namespace {

const std::string header =
    "hardware,model,op,m,n,k,batch,q_heads,kv_heads,head_dim,q_len,kv_len,comm_bytes,devices,dtype,measured_time_us,"
    "power_W,stat,note,source\n";
const std::string expert_header =
    "kernel_source,moe_dtype,num_tokens,hidden_size,inter_size,topk,num_experts,moe_tp_size,moe_ep_size,distribution,"
    "hardware,source,latency_us\n";

class MeasuredRowsTest : public ::testing::Test {
 protected:
  MeasuredRows read(const std::string& text, const MeasuredRowOptions& options = {}) {
    MeasuredRows rows;
    read_measured_rows(folder_.write("m.csv", text), options, rows);
    return rows;
  }
  MeasuredKernel one(const std::string& row) { return read(header + row + "\n").kernels.at(0); }

  std::string error(const std::string& text, const MeasuredRowOptions& options = {}) {
    try {
      read(text, options);
    } catch (const InputError& e) {
      std::string message = e.what();
      const std::string path = folder_.path("m.csv");
      if (message.rfind(path, 0) == 0) message = "F" + message.substr(path.size());
      return message;
    }
    return "no error";
  }
  std::string row_error(const std::string& row) { return error(header + row + "\n"); }

 private:
  TemporaryFolder folder_;
};

}  // namespace

TEST_F(MeasuredRowsTest, Products) {
  const MeasuredKernel half = one("H100,-,matmul,64,100,200,,,,,,,,1,bf16,12.5,300,mean,,lab");
  EXPECT_EQ("product bfloat16", half.kind);
  EXPECT_EQ("100_200", half.shape);
  EXPECT_DOUBLE_EQ(12.5e-6, half.time_s);
  EXPECT_DOUBLE_EQ(300, half.power_W);
  const auto& sizes = std::get<ProductSizes>(half.sizes);
  EXPECT_EQ(2 * (64 * 200 + 100 * 200 + 64 * 100), sizes.bytes);
  EXPECT_EQ(0, sizes.quantized_bytes);
  const auto narrow = std::get<ProductSizes>(one("H100,-,o_proj,64,100,200,,,,,,,,1,fp8,12.5,,mean,,lab").sizes);
  EXPECT_EQ(64 * 200 + 100 * 200 + 2 * 64 * 100, narrow.bytes);
  EXPECT_EQ(3 * 64 * 200, narrow.quantized_bytes);
}

TEST_F(MeasuredRowsTest, Attention) {
  const auto decode =
      std::get<AttentionSizes>(one("A,-,attention_decode,,,,4,32,8,128,1,1000,,1,bf16,9,,mean,,lab").sizes);
  EXPECT_EQ(4, decode.decodes);
  EXPECT_EQ(0, decode.prompts);
  EXPECT_EQ(4 * 128 * (8 * 4000 + 32 * 4), decode.bytes);
  EXPECT_EQ(1000, decode.longest);
  const auto prompt =
      std::get<AttentionSizes>(one("A,-,attention_prefill,,,,2,32,8,128,300,500,,1,bf16,9,,mean,,lab").sizes);
  EXPECT_EQ(2, prompt.prompts);
  EXPECT_EQ(4 * 32 * 128 * 2.0 * (300 * 200 + 300 * 150), prompt.flop);
  EXPECT_EQ(2 * 32 * 3, prompt.tiles);          // of 128 queries
  EXPECT_EQ(2 * 8 * 10, prompt.grouped_tiles);  // 1200 queries of four heads
  const auto mixed = std::get<AttentionSizes>(one("A,-,attention_mixed,,,,2,64,8,128,128,2176,,1,bf16,9,,mean,1 "
                                                  "prefill of 128 on 2048 cached beside 2 decodes of "
                                                  "8192,lab")
                                                  .sizes);
  EXPECT_EQ(1, mixed.prompts);
  EXPECT_EQ(2, mixed.decodes);
  EXPECT_EQ(8192, mixed.longest);
  EXPECT_EQ(4 * 64 * 128 * 2.0 * 8192, mixed.decode_flop);
}

TEST_F(MeasuredRowsTest, ElementwiseAndCollectives) {
  const auto gated = std::get<ElementwiseSizes>(one("A,-,silu_mul,10,400,,,,,,,,,1,fp16,9,,mean,,lab").sizes);
  EXPECT_EQ(3 * 10 * 400 * 2, gated.bytes);
  EXPECT_EQ(1, gated.passes);
  const auto fused =
      std::get<ElementwiseSizes>(one("A,-,rmsnorm,10,400,,,,,,,,,1,bf16,9,,mean,vLLM profile,lab").sizes);
  EXPECT_EQ(4 * 10 * 400 * 2, fused.bytes);
  EXPECT_EQ(2, fused.passes);
  const auto sum = std::get<CollectiveSizes>(one("A,-,all_reduce,,,,,,,,,,4096,8,half,9,,mean,,lab").sizes);
  EXPECT_EQ(8, sum.devices);
  EXPECT_EQ(4096, sum.bytes);
}

TEST_F(MeasuredRowsTest, BlocksOfExperts) {
  const MeasuredRows rows = read(expert_header + "vllm,bfloat16,64,100,30,2,8,1,2,balanced,A,lab,50\n" +
                                 "vllm,fp8_block,64,100,30,2,8,3,1,power_law_1.01,A,lab,50\n");
  const auto even = std::get<ExpertSizes>(rows.kernels.at(0).sizes);
  EXPECT_DOUBLE_EQ(6 * 64.0 * 100 * 30, even.flop);  // half of 64 · 2 rows
  EXPECT_DOUBLE_EQ(4 * (1 - std::pow(0.75, 64)), even.active);
  EXPECT_DOUBLE_EQ(64.0 * 2 * (2 * 100 + 3 * 30), even.row_bytes);
  EXPECT_DOUBLE_EQ(even.row_bytes, even.other_row_bytes);
  EXPECT_EQ("experts fp8-b128", rows.kernels.at(1).kind);
  EXPECT_DOUBLE_EQ(6 * 128.0 * 100 * 10, std::get<ExpertSizes>(rows.kernels.at(1).sizes).flop);
  EXPECT_DOUBLE_EQ(0.9 * 8 * (1 - std::pow(0.75, 64)), std::get<ExpertSizes>(rows.kernels.at(1).sizes).active);
}

TEST_F(MeasuredRowsTest, SomeAreNotTaken) {
  const std::string text = header + "A,-,matmul,1,8,8,,,,,,,,1,bf16,9,,mean,warm L2 possible,lab\n" +
                           "A,-,add,8,8,,,,,,,,,1,fp16,9,,mean,1 us resolution,lab\n" +
                           "A,-,all_reduce_custom,,,,,,,,,,64,2,bf16,9,,mean,vllm_eager,lab\n" +
                           "A,-,all_reduce,,,,,,,,,,64,4,bf16,9,,mean,devices per node 2,lab\n" +
                           "B,-,matmul,1,8,8,,,,,,,,1,bf16,30,,mean,,slow lab\n";
  MeasuredRows rows = read(text);
  EXPECT_EQ(1U, rows.kernels.size());
  EXPECT_EQ(3U, rows.noted);
  EXPECT_EQ(1U, rows.too_short);
  MeasuredRowOptions options;
  options.takes_noted = true;
  options.left_out = {{{"hardware", "B"}, {"op", "mat"}}};
  rows = read(text, options);
  EXPECT_EQ(3U, rows.kernels.size());
  EXPECT_EQ(1U, rows.left_out);
  options = {};
  options.constants_s = {{"slow lab", 20e-6}};
  EXPECT_DOUBLE_EQ(10e-6, read(text, options).kernels.at(0).time_s);
  options.constants_s = {{"slow lab", 30e-6}};
  EXPECT_EQ("F:6: measured_time_us: 0 or less without its constant; expected a smaller constant", error(text, options));
}

TEST_F(MeasuredRowsTest, Messages) {
  EXPECT_EQ("F: empty; expected a line of column names", error(""));
  EXPECT_EQ("F:1: column 'a' a second time", error("a,a\n"));
  EXPECT_EQ("F:1: op: no such column; expected it in the first line", error("hardware,dtype,measured_time_us\n"));
  EXPECT_EQ("F:2: 2 fields; expected 20, as the first line has", row_error("A,b"));
  EXPECT_EQ("F:2: a quoted field that does not end; expected a closing \"", row_error("\"A,b"));
  EXPECT_EQ("F:2: m: missing; expected a number, which matmul depends on",
            row_error("A,-,matmul,,8,8,,,,,,,,1,bf16,9,,mean,,lab"));
  EXPECT_EQ("F:2: m: '0'; expected a number from 1 to 1e15", row_error("A,-,matmul,0,8,8,,,,,,,,1,bf16,9,,mean,,lab"));
  EXPECT_EQ("F:2: k: 'inf'; expected a number from 1 to 1e15",
            row_error("A,-,matmul,8,8,inf,,,,,,,,1,bf16,9,,mean,,lab"));
  EXPECT_EQ("F:2: n: '8x'; expected a number from 1 to 1e15",
            row_error("A,-,matmul,8,8x,8,,,,,,,,1,bf16,9,,mean,,lab"));
  EXPECT_EQ("F:2: measured_time_us: '0'; expected a time above 0",
            row_error("A,-,matmul,8,8,8,,,,,,,,1,bf16,0,,mean,,lab"));
  EXPECT_EQ("F:2: measured_time_us: '-3'; expected a number from 0 to 1e15",
            row_error("A,-,matmul,8,8,8,,,,,,,,1,bf16,-3,,mean,,lab"));
  EXPECT_EQ("F:2: kv_len: fewer rows than q_len; expected as many or more",
            row_error("A,-,attention_prefill,,,,2,32,8,128,300,200,,1,bf16,9,,mean,,lab"));
  EXPECT_EQ("F:2: dtype: unknown number format 'bf15'; expected bf16, fp16, fp8, fp8_block, nvfp4, int8 …",
            row_error("A,-,matmul,8,8,8,,,,,,,,1,bf15,9,,mean,,lab"));
  EXPECT_NE(std::string::npos,
            row_error("A,-,matmull,8,8,8,,,,,,,,1,bf16,9,,mean,,lab").find("did you mean 'matmul'?"));
  EXPECT_NE(
      std::string::npos,
      row_error("A,-,attention_mixed,,,,2,64,8,128,1,1,,1,bf16,9,,mean,nothing,lab").find("F:2: note: 'nothing'; "));
  // Too large for a double.
  const std::string digits(400, '9');
  EXPECT_EQ(
      "F:2: note: '" + digits + "'; expected a whole number from 0 to 1000000000",
      row_error("A,-,attention_mixed,,,,2,64,8,128,1,1,,1,bf16,9,,mean," + digits + " prefills of 1 on 1 cached,lab"));
  EXPECT_EQ(
      1U,
      read(header + "A,-,all_reduce,,,,,,,,,,64,4,bf16,9,,mean,devices per node " + digits + ",lab\n").kernels.size());
  EXPECT_EQ("F:2: m: '1e999'; expected a number from 1 to 1e15",
            row_error("A,-,matmul,1e999,8,8,,,,,,,,1,bf16,9,,mean,,lab"));
}

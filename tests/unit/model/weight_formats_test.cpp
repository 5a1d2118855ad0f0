#include <gtest/gtest.h>

#include <string>

#include "upmem_des/model/decoder_config.hpp"
#include "upmem_des/util/error.hpp"

using namespace upmem_des;

namespace {

WeightFormats formats(const std::string& quantization) {
  return parse_model_config(
             "{\"model_type\": \"llama\", \"hidden_size\": 8, \"intermediate_size\": 16,\n\"num_hidden_layers\": "
             "1, \"num_attention_heads\": 2, \"vocab_size\": 10,\n\"quantization_config\": " +
                 quantization + "}",
             "F")
      .weight_formats;
}

std::string problem(const std::string& quantization) {
  try {
    formats(quantization);
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST(WeightFormatsTest, WhatIsNotUnderstood) {
  const std::string methods =
      "expected one of fp8, compressed-tensors, awq, gptq, mxfp4, bitsandbytes, fbgemm_fp8, modelopt";
  EXPECT_EQ(problem("3"), "F:3: quantization_config: 3; expected an object or null");
  EXPECT_EQ(problem("{}"), "F:3: quantization_config.quant_method: missing; " + methods);
  EXPECT_EQ(problem(R"({"quant_method": "awk"})"),
            "F:3: quantization_config.quant_method: 'awk' is not supported; " + methods + "; did you mean 'awq'?");
  EXPECT_EQ(problem(R"({"quant_method": "awq", "bits": 3})"),
            "F:3: quantization_config.bits: 3 bits are not supported; expected 4 or 8");
  EXPECT_EQ(problem(R"({"quant_method": "gptq", "bits": 4, "group_size": 48})"),
            "F:3: quantization_config.group_size: 48 is not supported; expected 32, 64, 128 or -1 (one for each row)");
  EXPECT_EQ(problem(R"({"quant_method": "fp8", "weight_block_size": [64, 64]})"),
            "F:3: quantization_config.weight_block_size: blocks of another size are not supported; expected [128, 128] "
            "or null");
  EXPECT_EQ(problem(R"({"quant_method": "bitsandbytes"})"),
            "F:3: quantization_config.load_in_4bit: neither this nor load_in_8bit is true; expected one of them");
  EXPECT_EQ(problem(R"({"quant_method": "modelopt", "quant_algo": "W4A8"})"),
            "F:3: quantization_config.quant_algo: 'W4A8' is not supported; expected 'FP8' or 'NVFP4'");
  EXPECT_EQ(problem(R"({"quant_method": "compressed-tensors"})"),
            "F:3: quantization_config.config_groups: missing; expected an object of groups");
  EXPECT_EQ(problem(R"({"quant_method": "compressed-tensors", "config_groups": {}})"),
            "F:3: quantization_config.config_groups: no group with weights; expected one");
  EXPECT_EQ(problem(R"({"quant_method": "fp8", "ignore": ["re:("]})"),
            "F:3: quantization_config.ignore: 're:(' is no regular expression; expected one after re:");
  EXPECT_EQ(problem(R"({"quant_method": "fp8", "ignore": [3]})"),
            "F:3: quantization_config.ignore[0]: 3; expected a text");
}

TEST(WeightFormatsTest, WhatIs) {
  for (const char* good :
       {R"({"quant_method": "fp8", "weight_block_size": [128, 128]})", R"({"quant_method": "awq", "bits": 4})",
        R"({"quant_method": "mxfp4"})", R"({"quant_method": "bitsandbytes", "load_in_4bit": true})",
        R"({"quant_method": "compressed-tensors",
            "config_groups": {"group_0": {"weights": {"num_bits": 4, "type": "int", "group_size": 128}}}})"})
    EXPECT_EQ(problem(good), "") << good;
}

/// In which format products compute; nothing where only weights are quantized.
TEST(WeightFormatsTest, QuantizedActivations) {
  const auto of = [](const std::string& quantization) {
    const auto found = formats(quantization).activations;
    return found ? std::string(found->name()) : "";
  };
  EXPECT_EQ(of(R"({"quant_method": "fp8", "activation_scheme": "dynamic", "weight_block_size": [128, 128]})"), "fp8");
  EXPECT_EQ(of(R"({"quant_method": "bitsandbytes", "load_in_8bit": true})"), "int8");
  EXPECT_EQ(of(R"({"quant_method": "bitsandbytes", "load_in_4bit": true})"), "");
  EXPECT_EQ(of(R"({"quant_method": "modelopt", "quant_algo": "NVFP4"})"), "nvfp4");
  EXPECT_EQ(of(R"({"quant_method": "awq", "bits": 4})"), "");
  EXPECT_EQ(of(R"({"quant_method": "mxfp4"})"), "");
  const std::string begin = R"({"quant_method": "compressed-tensors", "config_groups": {"group_0": {"weights": )";
  const std::string int4 = R"({"num_bits": 4, "type": "int", "group_size": 128})";
  EXPECT_EQ(of(begin + int4 + R"(, "input_activations": null}}})"), "");
  EXPECT_EQ(of(begin + int4 + R"(, "input_activations": {"num_bits": 8, "type": "float"}}}})"), "fp8");
  EXPECT_EQ(of(begin + int4 + R"(, "input_activations": {"num_bits": 8, "type": "int"}}}})"), "int8");
}

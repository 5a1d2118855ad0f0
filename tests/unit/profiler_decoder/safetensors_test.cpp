#include <gtest/gtest.h>

#include "profiler/decoder/safetensors_file.hpp"
#include "support/temporary_folder.hpp"
#include "unit/profiler_decoder/safetensors_bytes.hpp"

using namespace upmem_des;
using namespace upmem_des::profiler;
using namespace upmem_des::test;

namespace {

/// What reading a file of these bytes says, without the path.
std::string file_problem(const std::string& bytes) {
  const TemporaryFolder folder;
  const std::string path = folder.write("w.safetensors", bytes);
  return replaced(input_error([&] { const SafetensorsFile file(path); }), path, "w");
}

/// The same for a header with eight bytes of data.
std::string header_problem(const std::string& header) {
  return file_problem(safetensors(header, float_bytes({1, 2})));
}

}  // namespace

TEST(SafetensorsTest, TensorsAreReadAndConverted) {
  const TemporaryFolder folder;
  // 1.5 is 0x3e00 in float16 and 0x3fc0 in bfloat16; −2 is 0xc000 in both; 0.25 as a double is 0x3fd0….
  const std::string data = float_bytes({1, -2.5, 3, 4, 5, 6}) + std::string("\x00\x3e\x00\xc0", 4) +
                           std::string("\xc0\x3f\x00\xc0", 4) + std::string("\x00\x00\x00\x00\x00\x00\xd0\x3f", 8);
  SafetensorsFile file(folder.write(
      "w.safetensors",
      safetensors("{\"__metadata__\":{\"format\":\"pt\",\"shape\":\"x\"}," + entry("a", "[2,3]", 0, 24) + "," +
                      entry("half", "[2]", 24, 28, "F16") + "," + entry("brain", "[2]", 28, 32, "BF16") + "," +
                      entry("double", "[]", 32, 40, "F64") + "," + entry("none", "[0,7]", 40, 40) + "}  ",
                  data)));
  ASSERT_EQ(file.tensors().size(), 5U);
  const auto read = [&](std::size_t i, torch::ScalarType type) {
    torch::Tensor into = torch::full(file.tensors()[i].shape, 99, type);
    file.read(file.tensors()[i], into);
    return into;
  };
  EXPECT_TRUE(torch::equal(read(0, torch::kFloat32), torch::tensor({{1.0F, -2.5F, 3.0F}, {4.0F, 5.0F, 6.0F}})));
  EXPECT_TRUE(torch::equal(read(1, torch::kFloat32), torch::tensor({1.5F, -2.0F})));
  EXPECT_TRUE(torch::equal(read(2, torch::kFloat32), torch::tensor({1.5F, -2.0F})));
  EXPECT_TRUE(torch::equal(read(2, torch::kBFloat16), torch::tensor({1.5F, -2.0F}).to(torch::kBFloat16)));
  EXPECT_TRUE(torch::equal(read(3, torch::kFloat32), torch::tensor(0.25F)));
  EXPECT_EQ(read(4, torch::kFloat32).sizes(), (std::vector<std::int64_t>{0, 7}));
}

TEST(SafetensorsTest, MoreThanOneChunkIsRead) {
  const TemporaryFolder folder;
  const std::int64_t count = 5'000'000;  // a chunk has 4'194'304 floats
  std::vector<float> numbers(static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] = static_cast<float>(i % 1000);
  SafetensorsFile file(folder.write(
      "w.safetensors",
      safetensors("{" + entry("a", "[" + std::to_string(count) + "]", 0, count * 4) + "}", float_bytes(numbers))));
  torch::Tensor into = torch::empty({count});
  file.read(file.tensors()[0], into);
  EXPECT_TRUE(torch::equal(into, torch::tensor(numbers)));
}

TEST(SafetensorsTest, FilesThatAreNoSafetensors) {
  const TemporaryFolder folder;
  EXPECT_EQ(input_error([] { const SafetensorsFile file("/no/such.safetensors"); }),
            "/no/such.safetensors: no such file");
  EXPECT_EQ(input_error([] { const SafetensorsFile file("/proc"); }), "/proc: not a regular file");
  EXPECT_EQ(file_problem(""), "w: 0 bytes are no safetensors file; expected a header");
  EXPECT_EQ(file_problem("1234567"), "w: 7 bytes are no safetensors file; expected a header");
  EXPECT_EQ(file_problem(std::string(8, '\0')), "w: the header does not begin with '{'; expected a safetensors file");
  EXPECT_EQ(file_problem(safetensors("[1]")), "w: the header does not begin with '{'; expected a safetensors file");
  EXPECT_EQ(file_problem(safetensors("{}").substr(0, 9)),
            "w: the header of 2 bytes reaches beyond the file's 9; is the file cut short?");
  EXPECT_EQ(file_problem(std::string("\x00\xe1\xf5\x05\x00\x00\x00\x00", 8)),
            "w: the header of 100000000 bytes reaches beyond the file's 8; is the file cut short?");
  EXPECT_EQ(file_problem(std::string("\x01\xe1\xf5\x05\x00\x00\x00\x00", 8)),
            "w: a header of 100000001 bytes is no safetensors file's; expected at most 100 MB");
  EXPECT_EQ(file_problem(std::string(8, '\xff')),
            "w: a header of 18446744073709551615 bytes is no safetensors file's; expected at most 100 MB");
  EXPECT_EQ(header_problem("{\"a\": nope}"),
            "w: not JSON from its byte 8 on, at '{\"a\": no'; expected a header that is a table of tensors");
  EXPECT_EQ(header_problem("{"), "w: ends in the middle; expected a header that is a table of tensors");
  EXPECT_EQ(file_problem(safetensors("{}")), "no error");
}

TEST(SafetensorsTest, EntriesThatAreNoTensors) {
  const std::string expected = "; expected an object of dtype, shape and data_offsets";
  EXPECT_EQ(header_problem("{\"a\":3}"), "w: tensor 'a': 3" + expected);
  EXPECT_EQ(header_problem("{\"a\":null}"), "w: tensor 'a': null" + expected);
  EXPECT_EQ(header_problem("{\"a\":true}"), "w: tensor 'a': true" + expected);
  EXPECT_EQ(header_problem("{\"a\":1.5}"), "w: tensor 'a': 1.5" + expected);
  EXPECT_EQ(header_problem("{\"a\":\"x\"}"), "w: tensor 'a': 'x'" + expected);
  EXPECT_EQ(header_problem("{\"a\":[[]]}"), "w: tensor 'a': a list" + expected);
  EXPECT_EQ(header_problem("{\"a\":18446744073709551615}"), "w: tensor 'a': 18446744073709551615" + expected);
  EXPECT_EQ(header_problem("{" + entry("a", "[2]", 0, 8) + "," + entry("a", "[2]", 0, 8) + "}"),
            "w: tensor 'a': given twice; expected each tensor once");
  for (const std::string field : {"\"dtype\":\"F32\"", "\"shape\":[2]", "\"data_offsets\":[0,8]"})
    EXPECT_EQ(header_problem("{\"a\":{" + field + "," + field + "}}"),
              "w: tensor 'a': " + field.substr(1, field.find(':') - 2) + ": given twice; expected it once");
  EXPECT_EQ(header_problem("{\"__metadata__\":{\"dtype\":\"a\",\"dtype\":\"b\"}}"), "no error");
  EXPECT_EQ(header_problem("{\"" + std::string(300, 'x') + "\":3}"),
            "w: tensor '" + std::string(200, 'x') + "...': 3" + expected);
  EXPECT_EQ(header_problem("{\"__metadata__\":3}"), "no error");
}

TEST(SafetensorsTest, FieldsThatAreMissingOrOfTheWrongKind) {
  const auto fields = [](const std::string& text) { return header_problem("{\"a\":{" + text + "}}"); };
  EXPECT_EQ(fields(""), "w: tensor 'a': dtype: missing; expected a text");
  EXPECT_EQ(fields("\"dtype\":\"F32\""), "w: tensor 'a': shape: missing; expected a list of sizes");
  EXPECT_EQ(fields("\"dtype\":\"F32\",\"shape\":[2]"),
            "w: tensor 'a': data_offsets: missing; expected a list of two bytes");
  EXPECT_EQ(fields("\"dtype\":7"), "w: tensor 'a': dtype: 7; expected a text");
  EXPECT_EQ(fields("\"dtype\":[\"F32\"]"), "w: tensor 'a': dtype: a list; expected a text");
  EXPECT_EQ(fields("\"dtype\":{}"), "w: tensor 'a': dtype: an object; expected a text");
  EXPECT_EQ(fields("\"shape\":2"), "w: tensor 'a': shape: 2; expected a list of sizes");
  EXPECT_EQ(fields("\"shape\":\"[2]\""), "w: tensor 'a': shape: '[2]'; expected a list of sizes");
  EXPECT_EQ(fields("\"shape\":[-1]"), "w: tensor 'a': shape: -1; expected whole numbers of 0 or more");
  EXPECT_EQ(fields("\"shape\":[2.0]"), "w: tensor 'a': shape: 2.0; expected whole numbers of 0 or more");
  EXPECT_EQ(fields("\"shape\":[[2]]"), "w: tensor 'a': shape: a list; expected whole numbers of 0 or more");
  EXPECT_EQ(fields("\"shape\":[9223372036854775808]"),
            "w: tensor 'a': shape: 9223372036854775808; expected whole numbers of 0 or more");
  EXPECT_EQ(fields("\"shape\":[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]"),
            "w: tensor 'a': shape: more than 16 numbers; expected fewer");
  EXPECT_EQ(fields("\"data_offsets\":8"), "w: tensor 'a': data_offsets: 8; expected a list of two bytes");
  EXPECT_EQ(fields("\"data_offsets\":[0,-8]"), "w: tensor 'a': data_offsets: -8; expected whole numbers of 0 or more");
  EXPECT_EQ(fields("\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8]"),
            "w: tensor 'a': data_offsets: 1 numbers; expected two");
  EXPECT_EQ(fields("\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8],\"x\":{\"shape\":[-1]}"), "no error");
}

TEST(SafetensorsTest, DataThatDoesNotFit) {
  const auto one = [](const std::string& shape, std::int64_t begin, std::int64_t end, const std::string& type = "F32") {
    return header_problem("{" + entry("a", shape, begin, end, type) + "}");
  };
  EXPECT_EQ(one("[2]", 0, 8), "no error");
  EXPECT_EQ(
      one("[2]", 0, 8, "F31"),
      "w: tensor 'a': dtype: unknown 'F31'; expected one of F64, F32, F16, BF16, F8_E4M3, F8_E5M2, I64, I32, I16, "
      "I8, U64, U32, U16, U8, BOOL");
  EXPECT_EQ(one("[2]", 8, 0), "w: tensor 'a': data_offsets: [8, 0]; expected the end not before the beginning");
  EXPECT_EQ(one("[3]", 0, 12),
            "w: tensor 'a': data_offsets: [0, 12] reach beyond the 8 bytes of data; is the file cut short?");
  EXPECT_EQ(one("[2]", 9223372036854775799, 9223372036854775807),
            "w: tensor 'a': data_offsets: [9223372036854775799, 9223372036854775807] reach beyond the 8 bytes of data; "
            "is the file cut short?");
  EXPECT_EQ(one("[3]", 0, 8), "w: tensor 'a': data_offsets: [0, 8] are 8 bytes; expected the 12 of [3] in F32");
  EXPECT_EQ(one("[2]", 0, 8, "F16"), "w: tensor 'a': data_offsets: [0, 8] are 8 bytes; expected the 4 of [2] in F16");
  EXPECT_EQ(
      one("[4294967296,2147483648]", 0, 8),
      "w: tensor 'a': shape: [4294967296, 2147483648] is more than 2^63 bytes; expected a shape that fits the data");
  EXPECT_EQ(one("[0,9223372036854775807,9223372036854775807]", 0, 0), "no error");
  EXPECT_EQ(header_problem("{" + entry("b", "[1]", 2, 6) + "," + entry("a", "[1]", 0, 4) + "}"),
            "w: tensor 'b': its data overlaps that of 'a'; expected data of its own");
}

TEST(SafetensorsTest, OtherTypesAreNotWeights) {
  const TemporaryFolder folder;
  const std::string path =
      folder.write("w.safetensors", safetensors("{" + entry("a", "[1]", 0, 8, "I64") + "}", float_bytes({1, 2})));
  SafetensorsFile file(path);
  torch::Tensor into = torch::empty({1});
  EXPECT_EQ(input_error([&] { file.read(file.tensors()[0], into); }),
            path + ": tensor 'a': dtype: 'I64' is not supported; expected F32, F16, BF16 or F64");
}

TEST(SafetensorsTest, AFileThatIsCutWhileItIsRead) {
  const TemporaryFolder folder;
  const std::string bytes = safetensors("{" + entry("a", "[2]", 0, 8) + "}", float_bytes({1, 2}));
  const std::string path = folder.write("w.safetensors", bytes);
  SafetensorsFile file(path);
  std::filesystem::resize_file(path, bytes.size() - 1);
  torch::Tensor into = torch::empty({2});
  EXPECT_EQ(input_error([&] { file.read(file.tensors()[0], into); }), path + ": tensor 'a': cannot be read");
}

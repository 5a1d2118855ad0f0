/// Against what Hugging Face's LlamaTokenizer gives, see scripts/make_tiny_models.py.
#include "tokenizer/tokenizer.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "support/temporary_folder.hpp"

using namespace upmem_des;
using namespace upmem_des::test;

namespace {

const std::string tiny = PROJECT_DIR "/tests/data/tiny_llama";

}  // namespace

TEST(TokenizerTest, AgreesWithHuggingFace) {
  const Tokenizer tokenizer(tiny + "/tokenizer.model");
  std::ifstream file(tiny + "/tokenizer.json_lines");
  int lines = 0;
  for (std::string line; std::getline(file, line); ++lines) {
    const auto expected = nlohmann::json::parse(line);
    const auto text = expected["text"].get<std::string>();
    const auto ids = expected["ids"].get<std::vector<std::int64_t>>();
    EXPECT_EQ(tokenizer.encode(text, 128), ids) << text;
    // Of a text that begins with spaces Hugging Face loses one; ours is the text that was encoded.
    const std::string decoded = tokenizer.decode({ids.begin() + 1, ids.end()});
    EXPECT_EQ(decoded, (text.substr(0, 1) == " " ? " " : "") + expected["decoded"].get<std::string>()) << text;
  }
  EXPECT_EQ(lines, 6);
}

TEST(TokenizerTest, IdsThatTheTokenizerDoesNotHave) {
  const Tokenizer tokenizer(tiny + "/tokenizer.model");
  EXPECT_EQ(tokenizer.decode({}), "");
  EXPECT_EQ(tokenizer.decode({-1, 128, 1'000'000'000'000, 0, 1, 2}), "");
  EXPECT_EQ(input_error([&] { tokenizer.encode("How to prepare coffee?", 126); }), "no error");
  EXPECT_EQ(
      input_error([&] { tokenizer.encode("How to prepare coffee?", 125); }),
      tiny + "/tokenizer.model: gives the prompt the token 125; expected ids below the config.json's vocab_size 125");
}

TEST(TokenizerTest, FilesThatAreNoModel) {
  const TemporaryFolder folder;
  const std::string model = read_bytes(tiny + "/tokenizer.model");
  const auto problem = [&](const std::string& bytes) {
    const std::string path = folder.write("tokenizer.model", bytes);
    const std::string text = input_error([&] { const Tokenizer tokenizer(path); });
    return replaced(text, path, "t").substr(0, 25);
  };
  EXPECT_EQ(input_error([] { const Tokenizer tokenizer("/no/such.model"); }), "/no/such.model: no such file");
  EXPECT_EQ(input_error([] { const Tokenizer tokenizer("/proc"); }), "/proc: a folder; expected a SentencePiece model");
  EXPECT_EQ(problem(""), "t: no SentencePiece model");
  EXPECT_EQ(problem("What is this?"), "t: no SentencePiece model");
  EXPECT_EQ(problem(model.substr(0, model.size() / 2)), "t: no SentencePiece model");
  EXPECT_EQ(problem(std::string((64U << 20U) + 1, ' ')), "t: larger than 64 MiB; ex");
  EXPECT_EQ(problem(model), "no error");
}

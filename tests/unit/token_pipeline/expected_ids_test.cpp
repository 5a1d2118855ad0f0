/// Token for token what Hugging Face's library makes of sentences in many scripts: tests/data/tokenizers, which
/// scripts/make_tiny_tokenizers.py makes.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "support/temporary_folder.hpp"
#include "token_pipeline/token_pipeline.hpp"

using namespace upmem_des;
using namespace upmem_des::test;
using Json = nlohmann::json;

namespace {

const std::string data = PROJECT_DIR "/tests/data/tokenizers/";

Json read(const std::string& name) {
  return Json::parse(read_bytes(data + name));
}

class ExpectedIdsTest : public testing::TestWithParam<std::string> {};

TEST_P(ExpectedIdsTest, AreHuggingFaces) {
  const std::string file = data + GetParam() + ".json";
  const TokenPipeline pipeline(read_bytes(file), file);
  const Json sentences = read("sentences.json");
  const Json expected = read("expected.json").at(GetParam());
  ASSERT_EQ(sentences.size(), 37U);
  for (std::size_t at = 0; at < sentences.size(); ++at) {
    const auto ids = expected.at("ids").at(at).get<std::vector<std::int64_t>>();
    EXPECT_EQ(pipeline.encode(sentences.at(at).get<std::string>()), ids) << sentences.at(at);
    EXPECT_EQ(pipeline.decode(ids), expected.at("texts").at(at).get<std::string>()) << sentences.at(at);
  }
}

INSTANTIATE_TEST_SUITE_P(Kinds, ExpectedIdsTest,
                         testing::Values("albert", "bert", "gpt2", "llama2", "llama3", "mistral", "qwen2", "subwords",
                                         "t5", "words"),
                         [](const auto& tested) { return tested.param; });

TEST(ExpectedIdsTest, AnyBytesThatAreTextComeBack) {
  // A law of vocabularies of all bytes whose normalizer changes nothing.
  const std::string file = data + "llama3.json";
  const TokenPipeline pipeline(read_bytes(file), file);
  for (const Json& sentence : read("sentences.json")) {
    const std::string text = sentence.get<std::string>();
    if (text.find("<|") == std::string::npos) {
      EXPECT_EQ(pipeline.decode(pipeline.encode(text)), text);
    }
  }
}

}  // namespace

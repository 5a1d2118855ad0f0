#include "tokenizer/prompt_text.hpp"

#include <gmock/gmock.h>

#include "support/temporary_folder.hpp"

using namespace upmem_des;
using namespace upmem_des::test;

namespace {

const std::string tiny = PROJECT_DIR "/tests/data/tiny_llama";

ProfileRequest request_for(const std::string& folder, const std::string& prompt) {
  DecoderRequest decoder;
  decoder.folder = folder;
  decoder.prompt = prompt;
  ProfileRequest request;
  request.network = decoder;
  return request;
}

TEST(PromptTextTest, ATextBecomesTokenIds) {
  const ProfileRequest request = request_for(tiny, "How to prepare coffee?");
  const ProfileRequest with_ids = PromptText(request).with_token_ids();
  const auto& decoder = std::get<DecoderRequest>(with_ids.network);
  EXPECT_EQ(decoder.prompt, "");
  EXPECT_EQ(decoder.prompt_ids, Tokenizer(tiny + "/tokenizer.model").encode("How to prepare coffee?", 128));
  EXPECT_GT(decoder.prompt_ids.size(), 3U);
}

TEST(PromptTextTest, TheConfigurationsOwnPathIsTheFolder) {
  const ProfileRequest request = request_for(tiny + "/config.json", "coffee");
  EXPECT_FALSE(std::get<DecoderRequest>(PromptText(request).with_token_ids().network).prompt_ids.empty());
}

TEST(PromptTextTest, GeneratedIdsBecomeText) {
  const ProfileRequest request = request_for(tiny, "");
  const std::vector<std::int64_t> ids = Tokenizer(tiny + "/tokenizer.model").encode("coffee", 128);
  ProfileReply reply;
  reply.token_ids = {ids, {}};
  PromptText(request).add_texts(reply);
  EXPECT_THAT(reply.texts, testing::ElementsAre("coffee", ""));
}

TEST(PromptTextTest, WithoutATokenizerIdsStayIds) {
  const TemporaryFolder folder;
  folder.write("config.json", read_bytes(tiny + "/config.json"));
  const ProfileRequest request = request_for(folder.str(), "");
  const PromptText text(request);
  EXPECT_TRUE(std::get<DecoderRequest>(text.with_token_ids().network).prompt_ids.empty());
  ProfileReply reply;
  reply.token_ids = {{1, 2}};
  text.add_texts(reply);
  EXPECT_TRUE(reply.texts.empty());
}

TEST(PromptTextTest, OtherNetworksHaveNone) {
  ProfileRequest request;
  request.network = ScriptRequest();
  const ProfileRequest same = PromptText(request).with_token_ids();
  EXPECT_TRUE(std::holds_alternative<ScriptRequest>(same.network));
}

TEST(PromptTextTest, SaysWhatIsMissing) {
  const TemporaryFolder folder;
  folder.write("config.json", read_bytes(tiny + "/config.json"));
  const auto error = [](const ProfileRequest& request) {
    return input_error([&] { PromptText(request).with_token_ids(); });
  };
  EXPECT_EQ(
      error(request_for(folder.str(), "Hello")),
      folder.str() +
          ": prompt: there is neither a tokenizer.model nor a tokenizer.json in the folder; expected one of them, or "
          "token ids instead of a text");
  folder.write("tokenizer.model", "no model");
  EXPECT_EQ(error(request_for(folder.str(), "Hello")).find(folder.str() + "/tokenizer.model: no SentencePiece model"),
            0U);
  ProfileRequest both = request_for(tiny, "Hello");
  std::get<DecoderRequest>(both.network).prompt_ids_file = "ids.txt";
  EXPECT_EQ(error(both), "prompt: given along with a file of prompt ids; expected one of the two");
}

}  // namespace

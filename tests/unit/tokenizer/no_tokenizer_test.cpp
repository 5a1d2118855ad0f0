/// What a program without SentencePiece does with prompts.
#include <gtest/gtest.h>

#include "support/temporary_folder.hpp"
#include "tokenizer/prompt_text.hpp"

using namespace upmem_des;
using namespace upmem_des::test;

namespace {

const std::string tiny = PROJECT_DIR "/tests/data/tiny_llama";

ProfileRequest request_for(const std::string& prompt) {
  DecoderRequest decoder;
  decoder.folder = tiny;
  decoder.prompt = prompt;
  ProfileRequest request;
  request.network = decoder;
  return request;
}

TEST(NoTokenizerTest, TokenIdsStayIds) {
  const ProfileRequest request = request_for("");
  const PromptText text(request);
  EXPECT_TRUE(std::get<DecoderRequest>(text.with_token_ids().network).prompt_ids.empty());
  ProfileReply reply;
  reply.token_ids = {{1, 2}};
  text.add_texts(reply);
  EXPECT_TRUE(reply.texts.empty());
}

TEST(NoTokenizerTest, ATextIsRefused) {
  EXPECT_EQ(input_error([] { PromptText(request_for("Hello")); }),
            "prompt: this program was built without UPMEM_DES_TEXT_PROMPTS; expected token ids instead of a text, or a "
            "build with -DUPMEM_DES_TEXT_PROMPTS=ON");
  EXPECT_EQ(input_error([] { Tokenizer tokenizer(tiny + "/tokenizer.model"); }),
            tiny + "/tokenizer.model: this program was built without UPMEM_DES_TEXT_PROMPTS");
  EXPECT_FALSE(has_tokenizer());
}

}  // namespace

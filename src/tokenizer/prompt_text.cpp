#include "tokenizer/prompt_text.hpp"

#include <filesystem>

#include "upmem_des/model/decoder_config.hpp"
#include "upmem_des/util/error.hpp"

namespace upmem_des {

namespace fs = std::filesystem;

PromptText::PromptText(const ProfileRequest& request) : request_(request) {
  const auto* decoder = std::get_if<DecoderRequest>(&request.network);
  if (decoder == nullptr) return;
  if (!decoder->prompt.empty() && !decoder->prompt_ids_file.empty())
    throw InputError({}, "prompt", "given along with a file of prompt ids; expected one of the two");
  if (!has_tokenizer()) {
    if (decoder->prompt.empty()) return;
    throw InputError(
        {}, "prompt",
        "this program was built without UPMEM_DES_TEXT_PROMPTS; expected token ids instead of a text, or a "
        "build with -DUPMEM_DES_TEXT_PROMPTS=ON");
  }
  const fs::path config = model_config_path(decoder->folder);
  std::error_code error;
  // What lies beside a configuration of another name does not belong to it.
  for (const char* name : {"tokenizer.model", "tokenizer.json"})
    if (const fs::path file = config.parent_path() / name;
        tokenizer_ == nullptr && config.filename() == "config.json" && fs::exists(file, error))
      tokenizer_ = std::make_unique<Tokenizer>(file.string());
  if (!decoder->prompt.empty() && tokenizer_ == nullptr)
    throw InputError({decoder->folder}, "prompt",
                     "there is neither a tokenizer.model nor a tokenizer.json in the folder; expected one of them, or "
                     "token ids instead of a text");
}

ProfileRequest PromptText::with_token_ids() const {
  ProfileRequest request = request_;
  auto* decoder = std::get_if<DecoderRequest>(&request.network);
  if (decoder == nullptr || decoder->prompt.empty()) return request;
  decoder->prompt_ids =
      tokenizer_->encode(decoder->prompt, read_model_config(model_config_path(decoder->folder)).vocab_size);
  decoder->prompt.clear();
  return request;
}

void PromptText::add_texts(ProfileReply& reply) const {
  if (tokenizer_ == nullptr) return;
  reply.texts.clear();
  for (const std::vector<std::int64_t>& row : reply.token_ids) reply.texts.push_back(tokenizer_->decode(row));
}

}  // namespace upmem_des

/// Prompts and what is generated from them as text.
#pragma once

#include <memory>

#include "profile/profile_reply.hpp"
#include "profile/profile_request.hpp"
#include "tokenizer/tokenizer.hpp"

namespace upmem_des {

/// The tokenizer of the language model that a request names, where its folder has a tokenizer.model or, else, a
/// tokenizer.json. The profiler itself sees only token ids.
class PromptText {
 public:
  /// Throws InputError on a tokenizer that is none, and where there is a prompt and no tokenizer, or no
  /// has_tokenizer().
  explicit PromptText(const ProfileRequest& request);

  /// The request with the prompt's token ids in the place of its text. Throws InputError when the tokenizer gives ids
  /// that the model does not have.
  ProfileRequest with_token_ids() const;

  /// Fills reply.texts where there is a tokenizer.
  void add_texts(ProfileReply& reply) const;

 private:
  const ProfileRequest& request_;
  std::unique_ptr<Tokenizer> tokenizer_;
};

}  // namespace upmem_des

/// Hugging Face's tokenizer.json.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace upmem_des {

/// Text to token ids and back as Hugging Face's library `tokenizers` does it, step by step: added tokens are found and
/// the rest is normalized (AddedTokens, Normalizer), cut (PreTokenizer), encoded (TokenModel), and put between the
/// tokens that belong to a text (PostProcessor). "truncation" and "padding" of the file are for training and passed
/// over.
class TokenPipeline {
 public:
  /// Of a file's text; `file` stands for it in messages. Throws InputError on what is no tokenizer.json or has parts
  /// that are not supported.
  TokenPipeline(const std::string& json, std::string file);
  TokenPipeline(const TokenPipeline&) = delete;
  TokenPipeline& operator=(const TokenPipeline&) = delete;
  ~TokenPipeline();

  /// Throws InputError on a text that is not UTF-8, and on one that the file has no tokens for or whose regular
  /// expressions take too long for.
  std::vector<std::int64_t> encode(const std::string& text) const;

  /// The text of ids, without special tokens and ids that the file does not have.
  std::string decode(const std::vector<std::int64_t>& ids) const;

 private:
  struct Parts;

  std::string file_;
  std::unique_ptr<const Parts> parts_;
};

}  // namespace upmem_des

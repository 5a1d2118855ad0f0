/// Text to token ids and back.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace sentencepiece {
class SentencePieceProcessor;
}

namespace upmem_des {

/// False where this program was built without UPMEM_DES_TEXT_PROMPTS.
bool has_tokenizer();

/// A SentencePiece model (tokenizer.model), used as Hugging Face's LlamaTokenizer does.
class Tokenizer {
 public:
  /// Throws InputError on a file that cannot be read or is no SentencePiece model, and where has_tokenizer() is false.
  explicit Tokenizer(std::string path);
  Tokenizer(const Tokenizer&) = delete;
  Tokenizer& operator=(const Tokenizer&) = delete;
  ~Tokenizer();

  /// The ids of a text with the beginning-of-sentence token, where the model has one, before them. Throws InputError on
  /// an id of vocab_size or above: the tokenizer belongs to another model.
  std::vector<std::int64_t> encode(const std::string& text, std::int64_t vocab_size) const;

  /// The text of ids, without unknown and control tokens and ids that the tokenizer does not have.
  std::string decode(const std::vector<std::int64_t>& ids) const;

 private:
  std::string path_;
  std::unique_ptr<sentencepiece::SentencePieceProcessor> processor_;
};

}  // namespace upmem_des

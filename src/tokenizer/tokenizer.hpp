/// Text to token ids and back.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace upmem_des {

/// False where this program was built without UPMEM_DES_TEXT_PROMPTS.
bool has_tokenizer();

/// A SentencePiece model (tokenizer.model), used as Hugging Face's LlamaTokenizer does, or Hugging Face's own
/// tokenizer.json: a file whose name ends in .json.
class Tokenizer {
 public:
  /// Throws InputError on a file that cannot be read or is none of the two, and where has_tokenizer() is false.
  explicit Tokenizer(std::string path);
  Tokenizer(const Tokenizer&) = delete;
  Tokenizer& operator=(const Tokenizer&) = delete;
  ~Tokenizer();

  /// The ids of a text. Before them the beginning-of-sentence token where a SentencePiece model has one, around them
  /// what a tokenizer.json puts there. Throws InputError on an id of vocab_size or above: the tokenizer belongs to
  /// another model.
  std::vector<std::int64_t> encode(const std::string& text, std::int64_t vocab_size) const;

  /// The text of ids, without unknown, control and special tokens and ids that the tokenizer does not have.
  std::string decode(const std::vector<std::int64_t>& ids) const;

 private:
  struct Engine;

  std::string path_;
  std::unique_ptr<const Engine> engine_;
};

}  // namespace upmem_des

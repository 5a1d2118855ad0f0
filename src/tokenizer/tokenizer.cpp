#include "tokenizer/tokenizer.hpp"

#include <sentencepiece_processor.h>

#include <utility>

#include "util/bounded_file.hpp"
#include "util/error.hpp"

namespace upmem_des {

namespace {

constexpr std::size_t max_mib = 64;

}  // namespace

bool has_tokenizer() {
  return true;
}

Tokenizer::Tokenizer(std::string path)
    : path_(std::move(path)), processor_(std::make_unique<sentencepiece::SentencePieceProcessor>()) {
  const std::string bytes = read_bounded_file(path_, max_mib, "a SentencePiece model");
  // An empty text is a valid protocol buffer, and a model without pieces.
  const sentencepiece::util::Status status = processor_->LoadFromSerializedProto(bytes);
  if (!status.ok() || processor_->GetPieceSize() == 0)
    throw InputError({path_}, "no SentencePiece model" +
                                  (status.ok() ? std::string() : std::string(" (") + status.error_message() + ")"));
}

Tokenizer::~Tokenizer() = default;

std::vector<std::int64_t> Tokenizer::encode(const std::string& text, std::int64_t vocab_size) const {
  std::vector<int> pieces;
  const sentencepiece::util::Status status = processor_->Encode(text, &pieces);
  if (!status.ok()) throw InputError({path_}, std::string("cannot encode the prompt: ") + status.error_message());
  std::vector<std::int64_t> ids;
  if (processor_->bos_id() >= 0) ids.push_back(processor_->bos_id());
  ids.insert(ids.end(), pieces.begin(), pieces.end());
  for (const std::int64_t id : ids)
    if (id >= vocab_size)
      throw InputError({path_}, "gives the prompt the token " + std::to_string(id) +
                                    "; expected ids below the config.json's vocab_size " + std::to_string(vocab_size));
  return ids;
}

std::string Tokenizer::decode(const std::vector<std::int64_t>& ids) const {
  std::vector<int> pieces;
  for (const std::int64_t id : ids) {
    if (id < 0 || id >= processor_->GetPieceSize()) continue;
    const int piece = static_cast<int>(id);
    if (!processor_->IsUnknown(piece) && !processor_->IsControl(piece)) pieces.push_back(piece);
  }
  std::string text;
  const sentencepiece::util::Status status = processor_->Decode(pieces, &text);
  if (!status.ok()) throw InputError({path_}, std::string("cannot decode tokens: ") + status.error_message());
  return text;
}

}  // namespace upmem_des

#include "token_pipeline/token_pipeline.hpp"

#include <utility>

#include "token_pipeline/added_tokens.hpp"
#include "token_pipeline/decoder.hpp"
#include "token_pipeline/model.hpp"
#include "token_pipeline/normalizer.hpp"
#include "token_pipeline/post_processor.hpp"
#include "token_pipeline/pre_tokenizer.hpp"
#include "unicode/regex.hpp"
#include "unicode/utf8.hpp"
#include "upmem_des/util/error.hpp"

namespace upmem_des {

namespace {

template <typename Made>
Made made_where_given(const JsonNode& root, const std::string& key, Made (*maker)(const JsonNode&)) {
  const auto found = root.find(key);
  return found ? maker(*found) : Made();
}

}  // namespace

/// What is missing from the file does nothing.
struct TokenPipeline::Parts {
  Normalizer normalizer;
  PreTokenizer pre_tokenizer;
  std::unique_ptr<const TokenModel> model;
  PostProcessor post_processor;
  TokenDecoder decoder;
  AddedTokens added;

  explicit Parts(const JsonNode& root)
      : normalizer(made_where_given(root, "normalizer", &make_normalizer)),
        pre_tokenizer(made_where_given(root, "pre_tokenizer", &make_pre_tokenizer)),
        model(make_model(root.at("model"))),
        post_processor(made_where_given(root, "post_processor", &make_post_processor)),
        decoder(made_where_given(root, "decoder", &make_decoder)),
        added(root.find("added_tokens"), model->table(), normalizer) {}
};

TokenPipeline::TokenPipeline(const std::string& json, std::string file) : file_(std::move(file)) {
  const JsonDocument document(json, file_, "a tokenizer.json");
  parts_ = std::make_unique<const Parts>(document.root());
}

TokenPipeline::~TokenPipeline() = default;

std::vector<std::int64_t> TokenPipeline::encode(const std::string& text) const {
  if (!is_utf8(text)) throw InputError({file_}, "cannot encode the text: it is not UTF-8");
  try {
    TokenIds ids;
    for (AddedPart& part : parts_->added.parts_of(text, parts_->normalizer)) {
      if (part.id >= 0) {
        ids.push_back(part.id);
        continue;
      }
      std::vector<Piece> pieces;
      pieces.push_back({std::move(part.text), part.is_first});
      if (parts_->pre_tokenizer) parts_->pre_tokenizer(pieces);
      for (const Piece& piece : pieces) parts_->model->add_tokens(piece.text, ids);
    }
    return parts_->post_processor ? parts_->post_processor(ids) : ids;
  } catch (const RegexError& error) {
    throw InputError({file_}, std::string("cannot encode the text: ") + error.what());
  } catch (const ModelError& error) {
    throw InputError({file_}, std::string("cannot encode the text: ") + error.what());
  }
}

std::string TokenPipeline::decode(const std::vector<std::int64_t>& ids) const {
  std::vector<std::string> tokens;
  for (const std::int64_t id : ids) {
    const std::string* token = parts_->added.token(id);
    if (token == nullptr) token = parts_->model->table().token(id);
    if (token != nullptr && !parts_->added.is_special(*token)) tokens.push_back(*token);
  }
  std::string text;
  try {
    if (parts_->decoder) tokens = parts_->decoder(std::move(tokens));
  } catch (const RegexError& error) {
    throw InputError({file_}, std::string("cannot decode tokens: ") + error.what());
  }
  for (std::size_t at = 0; at < tokens.size(); ++at) {
    if (at > 0 && !parts_->decoder) text += ' ';
    text += tokens[at];
  }
  return text;
}

}  // namespace upmem_des

#include "tokenizer/tokenizer.hpp"

#include <sentencepiece_processor.h>

#include <utility>

#include "token_pipeline/token_pipeline.hpp"
#include "upmem_des/util/error.hpp"
#include "util/bounded_file.hpp"

namespace upmem_des {

/// A library, or the room that takes the place of one.
struct Tokenizer::Engine {
  Engine() = default;
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;
  virtual ~Engine() = default;

  virtual std::vector<std::int64_t> encode(const std::string& text) const = 0;
  virtual std::string decode(const std::vector<std::int64_t>& ids) const = 0;

  static std::unique_ptr<const Engine> open(const std::string& path);
};

namespace {

constexpr std::size_t max_mib = 64;
constexpr std::size_t max_json_mib = 256;  // Gemma's is 34

bool is_json(const std::string& path) {
  const std::string ending = ".json";
  return path.size() >= ending.size() && path.compare(path.size() - ending.size(), ending.size(), ending) == 0;
}

}  // namespace

bool has_tokenizer() {
  return true;
}

std::unique_ptr<const Tokenizer::Engine> Tokenizer::Engine::open(const std::string& path) {
  struct Pieces : Engine {
    explicit Pieces(std::string file) : path(std::move(file)) {
      const std::string bytes = read_bounded_file(path, max_mib, "a SentencePiece model");
      // An empty text is a valid protocol buffer, and a model without pieces.
      const sentencepiece::util::Status status = processor.LoadFromSerializedProto(bytes);
      if (!status.ok() || processor.GetPieceSize() == 0)
        throw InputError({path}, "no SentencePiece model" +
                                     (status.ok() ? std::string() : std::string(" (") + status.error_message() + ")"));
    }

    std::vector<std::int64_t> encode(const std::string& text) const override {
      std::vector<int> pieces;
      const sentencepiece::util::Status status = processor.Encode(text, &pieces);
      if (!status.ok()) throw InputError({path}, std::string("cannot encode the prompt: ") + status.error_message());
      std::vector<std::int64_t> ids;
      if (processor.bos_id() >= 0) ids.push_back(processor.bos_id());
      ids.insert(ids.end(), pieces.begin(), pieces.end());
      return ids;
    }

    std::string decode(const std::vector<std::int64_t>& ids) const override {
      std::vector<int> pieces;
      for (const std::int64_t id : ids) {
        if (id < 0 || id >= processor.GetPieceSize()) continue;
        const int piece = static_cast<int>(id);
        if (!processor.IsUnknown(piece) && !processor.IsControl(piece)) pieces.push_back(piece);
      }
      std::string text;
      const sentencepiece::util::Status status = processor.Decode(pieces, &text);
      if (!status.ok()) throw InputError({path}, std::string("cannot decode tokens: ") + status.error_message());
      return text;
    }

    std::string path;
    sentencepiece::SentencePieceProcessor processor;
  };
  struct Pipeline : Engine {
    explicit Pipeline(const std::string& path)
        : pipeline(read_bounded_file(path, max_json_mib, "a tokenizer.json"), path) {}
    std::vector<std::int64_t> encode(const std::string& text) const override { return pipeline.encode(text); }
    std::string decode(const std::vector<std::int64_t>& ids) const override { return pipeline.decode(ids); }

    TokenPipeline pipeline;
  };
  if (is_json(path)) return std::make_unique<const Pipeline>(path);
  return std::make_unique<const Pieces>(path);
}

Tokenizer::Tokenizer(std::string path) : path_(std::move(path)), engine_(Engine::open(path_)) {}

Tokenizer::~Tokenizer() = default;

std::vector<std::int64_t> Tokenizer::encode(const std::string& text, std::int64_t vocab_size) const {
  std::vector<std::int64_t> ids = engine_->encode(text);
  for (const std::int64_t id : ids)
    if (id >= vocab_size)
      throw InputError({path_}, "gives the prompt the token " + std::to_string(id) +
                                    "; expected ids below the config.json's vocab_size " + std::to_string(vocab_size));
  return ids;
}

std::string Tokenizer::decode(const std::vector<std::int64_t>& ids) const {
  return engine_->decode(ids);
}

}  // namespace upmem_des

#include <utility>

#include "tokenizer/tokenizer.hpp"
#include "upmem_des/util/error.hpp"

namespace upmem_des {

// Nothing of it is ever made, but its destructor is named.
struct Tokenizer::Engine {};

bool has_tokenizer() {
  return false;
}

Tokenizer::Tokenizer(std::string path) : path_(std::move(path)) {
  throw InputError({path_}, "this program was built without UPMEM_DES_TEXT_PROMPTS");
}

Tokenizer::~Tokenizer() = default;

std::vector<std::int64_t> Tokenizer::encode(const std::string& /*text*/, std::int64_t /*vocab_size*/) const {
  return {};
}

std::string Tokenizer::decode(const std::vector<std::int64_t>& /*ids*/) const {
  return {};
}

}  // namespace upmem_des

/// What is done to a text before it is cut.
#pragma once

#include <functional>
#include <string>

#include "token_pipeline/json_parts.hpp"

namespace upmem_des {

/// From text to text, both UTF-8.
using Normalizer = std::function<std::string(const std::string&)>;

/// Of the file's "normalizer". Throws InputError on types that are not supported.
Normalizer make_normalizer(const JsonNode& component);

/// BERT's: without control characters, CJK characters apart, without accents, in lowercase, each where the file asks
/// for it.
Normalizer make_bert_normalizer(const JsonNode& component);

}  // namespace upmem_des

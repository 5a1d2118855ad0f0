/// Cuts a text into pieces that no token crosses.
#pragma once

#include <functional>
#include <vector>

#include "token_pipeline/json_parts.hpp"
#include "token_pipeline/pieces.hpp"

namespace upmem_des {

using PreTokenizer = std::function<void(std::vector<Piece>&)>;

/// Of the file's "pre_tokenizer". Throws InputError on types that are not supported.
PreTokenizer make_pre_tokenizer(const JsonNode& component);

/// Whether a Metaspace puts its character before a text: "always", "first" or "never". Old files have
/// add_prefix_space.
std::string prepend_scheme(const JsonNode& component);

}  // namespace upmem_des

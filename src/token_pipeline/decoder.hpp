/// From tokens to text.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "token_pipeline/json_parts.hpp"

namespace upmem_des {

/// From tokens to parts of the text, which are put together in the end.
using TokenDecoder = std::function<std::vector<std::string>(std::vector<std::string>)>;

/// Of the file's "decoder". Throws InputError on types that are not supported.
TokenDecoder make_decoder(const JsonNode& component);

}  // namespace upmem_des

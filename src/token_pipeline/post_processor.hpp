/// Tokens that are put around those of a text.
#pragma once

#include <functional>

#include "token_pipeline/json_parts.hpp"
#include "token_pipeline/model.hpp"

namespace upmem_des {

using PostProcessor = std::function<TokenIds(const TokenIds&)>;

/// Of the file's "post_processor", for a text alone. Throws InputError on types that are not supported.
PostProcessor make_post_processor(const JsonNode& component);

}  // namespace upmem_des

/// A request to an inference server, as plain data.
#pragma once

#include <cstdint>
#include <vector>

namespace upmem_des {

/// Tokens whose text is known by where it comes from: two tokens are the same iff source and place in it are.
struct Content {
  std::int64_t source = 0;
  std::int64_t tokens = 0;  ///< this many, from the source's first on
};

/// What a server is asked.
struct Request {
  std::int64_t id = 0;  ///< from 0, in order of arrival
  double arrival_s = 0;
  std::int64_t prompt_tokens = 1;  ///< at least 1
  std::int64_t output_tokens = 1;  ///< at least 1
  std::int64_t session = -1;       ///< below 0: none
  std::int64_t priority = 0;       ///< lower ones first
  /// Of the prompt and, after it, the output, in order; what it does not reach is unlike anything else. In sum at most
  /// prompt_tokens + output_tokens.
  std::vector<Content> content;
};

}  // namespace upmem_des

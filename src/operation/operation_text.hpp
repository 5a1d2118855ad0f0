/// Operations as the short texts that traces carry.
#pragma once

#include <string>
#include <string_view>

#include "upmem_des/operation/operation.hpp"

namespace upmem_des {

/// A kind, then what differs from its defaults, in one order: "product columns=query_heads bias",
/// "attention mask=window window=4096 cache_heads=8", "gather rows=50257 tied". docs/traces.md lists all words.
std::string text_of(const Operation& operation);

/// Reads such a text, in any order of its words. Throws InputError, with what was expected, on an unknown kind or word,
/// a word given twice, a number out of its range, and a window or chunk without its size, or other fields that
/// contradict.
Operation operation_from(std::string_view text);

}  // namespace upmem_des

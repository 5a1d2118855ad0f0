/// Suggestions for misspelt names.
#pragma once

#include <cstddef>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace upmem_des {

/// The candidate with the smallest edit distance to `word` (case and '-' against '_' do not count); of several, the one
/// that shares the longest beginning with it. "" where none is near: more than a third of the longer word, and at least
/// two, letters apart, or more than `most` edits.
std::string nearest(std::string_view word, const std::vector<std::string>& candidates,
                    std::size_t most = std::numeric_limits<std::size_t>::max());

/// "; did you mean 'X'?" for the nearest candidate, or "" where none is near.
std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates);

/// "a, b, c" in the given order; after `most` names "… and N more".
std::string listed(const std::vector<std::string>& names, std::size_t most = 12);

}  // namespace upmem_des

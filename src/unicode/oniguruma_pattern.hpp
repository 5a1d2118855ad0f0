/// Regular expressions of one library for another.
#pragma once

#include <string>

namespace upmem_des {

/// A pattern in Oniguruma's Ruby syntax as PCRE2 (10.42, with UTF, UCP and MULTILINE) takes it, with the same matches:
/// \s is the property White_Space, \w Alphabetic, M, Nd and Pc, \d Nd, \h a hexadecimal digit, \p{Greek} a script's own
/// characters; {2}+ and {2}? repeat what was repeated; (?m) lets the point match line ends. Throws RegexError on what
/// has no counterpart or is not known here: sets in sets, intersections, references, recursion, absence.
std::string pcre2_pattern(const std::string& pattern);

}  // namespace upmem_des

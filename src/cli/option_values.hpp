/// Values of options: checks, and names of choices.
#pragma once

#include <CLI/App.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "upmem_des/util/error.hpp"
#include "util/limits.hpp"
#include "util/suggest.hpp"

namespace upmem_des {

/// CLI11 itself takes a number that is too large, or negative where none may be, for another one.
CLI::Validator whole_number(std::int64_t least, std::int64_t most = largest_count);

/// A number above 0 and at most `most`.
CLI::Validator positive_number(double most);

/// A number from `least` to `most`.
CLI::Validator number_between(double least, double most);

/// 32 lower-case hexadecimal digits.
CLI::Validator digest_text();

/// One of `names`, which shells then offer.
CLI::Validator one_of(const std::vector<std::string>& names);

/// What shells offer where parsed() below says later what is wrong.
CLI::Validator offered(const std::vector<std::string>& names);

/// The names that one_of() or offered() gave an option; none without them.
std::vector<std::string> choices_of(CLI::Option& option);

/// The value that `text` names. Throws InputError ("--dtype: unknown value …") on a name that there is not.
template <class Value>
Value parsed(const char* option, const std::string& text, const std::vector<std::string>& names,
             std::optional<Value> (*parse)(std::string_view)) {
  if (const auto value = parse(text)) return *value;
  throw InputError({option},
                   "unknown value '" + text + "'; expected one of " + listed(names) + did_you_mean(text, names));
}

}  // namespace upmem_des

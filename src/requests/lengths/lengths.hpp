/// How many tokens prompts and outputs have.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "requests/random_stream.hpp"
#include "requests/requests_section.hpp"

namespace upmem_des {

/// A distribution of numbers of tokens.
class LengthDistribution {
 public:
  virtual ~LengthDistribution() = default;

  /// A number of at least 1.
  virtual std::int64_t sample(RandomStream& random) const = 0;
};

/// One that a scenario can name, with its keys.
struct LengthForm {
  std::string name;
  std::vector<NumberRule> rules;
  bool has_file = false;  ///< keys file and column
  /// Throws InputError on numbers that do not go together, and on a wrong file.
  std::function<std::unique_ptr<LengthDistribution>(const LengthsSection&)> make;
};

const std::vector<LengthForm>& length_forms();

/// Of the table. Throws InputError as its make() does.
std::unique_ptr<LengthDistribution> make_lengths(const LengthsSection& section);

/// Numbers of tokens are from 1 to this.
constexpr double most_tokens = 1e9;

/// The keys of the forms that cut what they draw, and their values: min 1, max most_tokens where they are not given.
NumberRule least_tokens_rule();
NumberRule most_tokens_rule();

/// Whole numbers between two.
struct TokenLimits {
  std::int64_t min = 1;
  std::int64_t max = static_cast<std::int64_t>(most_tokens);

  /// Throws InputError where max is below min.
  explicit TokenLimits(const LengthsSection& section);
  /// Rounded to the nearest, halves up, and cut; NaN is min.
  std::int64_t clipped(double tokens) const;
};

LengthForm fixed_lengths();
LengthForm uniform_lengths();
LengthForm lognormal_lengths();
LengthForm normal_lengths();
LengthForm empirical_lengths();

}  // namespace upmem_des

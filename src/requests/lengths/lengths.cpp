#include "requests/lengths/lengths.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "util/number_text.hpp"

namespace upmem_des {

const std::vector<LengthForm>& length_forms() {
  static const std::vector<LengthForm> forms{fixed_lengths(), uniform_lengths(), lognormal_lengths(), normal_lengths(),
                                             empirical_lengths()};
  return forms;
}

std::unique_ptr<LengthDistribution> make_lengths(const LengthsSection& section) {
  for (const LengthForm& form : length_forms())
    if (form.name == section.form) return form.make(section);
  throw std::logic_error("no form of lengths '" + section.form + "'");
}

NumberRule least_tokens_rule() {
  return {"min", 1, most_tokens, false, true, NumberRule::Need::optional};
}

NumberRule most_tokens_rule() {
  return {"max", 1, most_tokens, false, true, NumberRule::Need::optional};
}

TokenLimits::TokenLimits(const LengthsSection& section)
    : min(static_cast<std::int64_t>(section.numbers.value_or("min", 1))),
      max(static_cast<std::int64_t>(section.numbers.value_or("max", most_tokens))) {
  if (max < min)
    throw InputError(section.where, section.key,
                     "max is " + std::to_string(max) + ", below min, " + std::to_string(min) + "; expected min <= max");
}

std::int64_t TokenLimits::clipped(double tokens) const {
  if (!(tokens > static_cast<double>(min))) return min;
  if (tokens >= static_cast<double>(max)) return max;
  return std::min(max, static_cast<std::int64_t>(std::floor(tokens + 0.5)));
}

}  // namespace upmem_des

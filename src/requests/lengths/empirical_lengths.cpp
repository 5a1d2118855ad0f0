#include <cmath>
#include <utility>

#include "lines/csv_file.hpp"
#include "requests/lengths/lengths.hpp"
#include "util/number_text.hpp"
#include "util/suggest.hpp"

namespace upmem_des {

namespace {

/// One of the values of a column, each row as likely as any other.
class EmpiricalLengths : public LengthDistribution {
 public:
  explicit EmpiricalLengths(std::vector<std::int64_t> values) : values_(std::move(values)) {}

  std::int64_t sample(RandomStream& random) const override {
    return values_[static_cast<std::size_t>(random.below(static_cast<std::int64_t>(values_.size())))];
  }

 private:
  std::vector<std::int64_t> values_;
};

std::unique_ptr<LengthDistribution> make(const LengthsSection& section) {
  CsvFile file(section.file, CsvFile::Comments::skipped);
  if (!file.has(section.column))
    throw InputError(file.where(), "no column '" + section.column + "'" + "; expected it, as " + section.where.str() +
                                       " says" + did_you_mean(section.column, file.columns()));
  std::vector<std::int64_t> values;
  while (file.next()) {
    double value = 0;
    const std::string& text = file.field(section.column);
    if (!parse_number(text, value) || !(value >= 1 && value <= most_tokens) || std::floor(value) != value)
      throw InputError(file.where(), section.column, "'" + text + "'; expected a whole number from 1 to 1000000000");
    values.push_back(static_cast<std::int64_t>(value));
  }
  if (values.empty()) throw InputError({section.file}, "no rows; expected one at least");
  return std::make_unique<EmpiricalLengths>(std::move(values));
}

}  // namespace

LengthForm empirical_lengths() {
  return {"empirical", {}, true, make};
}

}  // namespace upmem_des

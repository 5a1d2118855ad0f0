#include "requests/files/request_rows.hpp"

#include <cmath>

#include "lines/line_reader.hpp"
#include "requests/arrivals/arrivals.hpp"
#include "requests/lengths/lengths.hpp"

namespace upmem_des {

namespace {

constexpr double first_unsure = 0x1p53;  // as a double the same as 2^53 + 1

}  // namespace

std::unique_ptr<RequestRows> open_request_rows(const std::string& path, const RowNeeds& needs) {
  LineReader lines(path);
  std::string_view line;
  bool found = lines.next(line);
  while (found && (line.empty() || line == "\r" || line[0] == '#')) found = lines.next(line);
  if (!found) throw InputError({path}, "no requests; expected a line of column names and rows, or JSON objects");
  return line[0] == '{' ? open_jsonl_rows(path, needs) : open_csv_rows(path, needs);
}

double checked_arrival(double value, const std::string& text, const SourceLocation& where, const std::string& key) {
  if (!(value >= 0 && value <= most_seconds)) throw InputError(where, key, text + "; expected a number from 0 to 1e12");
  return value;
}

std::int64_t checked_tokens(double value, const std::string& text, const SourceLocation& where,
                            const std::string& key) {
  if (!(value >= 1 && value <= most_tokens) || std::floor(value) != value)
    throw InputError(where, key, text + "; expected a whole number from 1 to 1000000000");
  return static_cast<std::int64_t>(value);
}

std::int64_t checked_whole(double value, const std::string& text, const SourceLocation& where, const std::string& key) {
  if (!(std::abs(value) < first_unsure) || std::floor(value) != value)
    throw InputError(where, key, text + "; expected a whole number");
  return static_cast<std::int64_t>(value);
}

std::int64_t checked_hash_id(double value, const std::string& text, const SourceLocation& where) {
  if (!(value >= 0 && value < first_unsure) || std::floor(value) != value)
    throw InputError(where, "hash_ids", text + "; expected a whole number from 0 to 9007199254740991");
  return static_cast<std::int64_t>(value);
}

}  // namespace upmem_des

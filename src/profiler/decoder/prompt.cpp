#include "profiler/decoder/prompt.hpp"

#include <algorithm>
#include <charconv>
#include <random>
#include <string_view>

#include "upmem_des/util/error.hpp"
#include "util/bounded_file.hpp"
#include "util/shortened.hpp"

namespace upmem_des::profiler {

namespace {

constexpr std::size_t max_mib = 64;
constexpr std::size_t shown_length = 60;
constexpr const char* separators = " \t\r,";

std::int64_t token_id(std::string_view word, std::int64_t vocab_size, const SourceLocation& where) {
  std::int64_t id = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), id);
  if (error != std::errc() || end != word.data() + word.size() || id < 0 || id >= vocab_size)
    throw InputError(where, "'" + shortened(word, shown_length) + "'; expected a token id, a whole number from 0 to " +
                                std::to_string(vocab_size - 1));
  return id;
}

std::vector<std::int64_t> row_of(std::string_view line, std::int64_t vocab_size, const SourceLocation& where) {
  std::vector<std::int64_t> ids;
  for (std::size_t at = line.find_first_not_of(separators); at != std::string_view::npos;) {
    const std::size_t end = std::min(line.find_first_of(separators, at), line.size());
    ids.push_back(token_id(line.substr(at, end - at), vocab_size, where));
    at = line.find_first_not_of(separators, end);
  }
  return ids;
}

}  // namespace

TokenRows random_prompt(std::int64_t batch, std::int64_t tokens, std::int64_t vocab_size, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  TokenRows rows(static_cast<std::size_t>(batch));
  for (std::vector<std::int64_t>& row : rows)
    for (std::int64_t token = 0; token < tokens; ++token)
      row.push_back(static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(vocab_size)));
  return rows;
}

TokenRows read_prompt_ids(const std::string& path, std::int64_t vocab_size) {
  const std::string text = read_bounded_file(path, max_mib, "a file of token ids");
  TokenRows rows;
  int line_number = 0;
  int first_line = 0;
  for (std::size_t at = 0; at < text.size(); ++line_number) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const SourceLocation where{path, line_number + 1};
    std::vector<std::int64_t> row = row_of(std::string_view(text).substr(at, end - at), vocab_size, where);
    at = end + 1;
    if (row.empty()) continue;
    if (rows.empty()) first_line = where.line;
    if (!rows.empty() && row.size() != rows.front().size())
      throw InputError(where, std::to_string(row.size()) + " token ids; expected " +
                                  std::to_string(rows.front().size()) + ", as on line " + std::to_string(first_line));
    rows.push_back(std::move(row));
  }
  if (rows.empty()) throw InputError({path}, "no token ids; expected a line of them for each batch row");
  return rows;
}

}  // namespace upmem_des::profiler

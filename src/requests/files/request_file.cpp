#include "requests/files/request_file.hpp"

#include <algorithm>
#include <string>

#include "util/number_text.hpp"

namespace upmem_des {

namespace {

constexpr std::int64_t usual_block_tokens = 512;  // Mooncake's

}  // namespace

RequestFile::RequestFile(const RequestFileSection& section)
    : section_(section), has_times_(section.use != RequestFileSection::Use::lengths) {
  RowNeeds needs;
  needs.times = has_times_;
  needs.lengths = section.use != RequestFileSection::Use::times;
  rows_ = open_request_rows(section.path, needs);
  for (std::int64_t i = 0; i < section.offset; ++i)
    if (!read())
      throw InputError({section.path}, std::to_string(i) + " requests, all left out by offset " +
                                           std::to_string(section.offset) + "; expected a smaller one");
  advance();
  if (!has_next_)
    throw InputError({section.path}, section.offset == 0
                                         ? std::string("no requests; expected one at least")
                                         : std::to_string(section.offset) + " requests, all left out by offset " +
                                               std::to_string(section.offset) + "; expected a smaller one");
}

bool RequestFile::read() {
  if (!rows_->next(row_)) return false;
  if (has_times_ && row_.arrival_s < last_s_)
    throw InputError(row_.where, "arrives at " + number_text(row_.arrival_s) + " s, before the request above (" +
                                     number_text(last_s_) + " s); expected them in order of arrival");
  last_s_ = row_.arrival_s;
  return true;
}

void RequestFile::advance() {
  has_next_ = (!section_.limit || taken_ < *section_.limit) && read();
  if (!has_next_) return;
  if (taken_ == 0 && section_.offset > 0) from_s_ = row_.arrival_s;
  ++taken_;
  next_ = Request();
  next_.arrival_s = (row_.arrival_s - from_s_) * section_.scale;
  next_.prompt_tokens = row_.prompt_tokens;
  next_.output_tokens = row_.output_tokens;
  next_.session = row_.session;
  next_.priority = row_.priority;
  if (section_.use != RequestFileSection::Use::times) next_.content = content();
}

/// Ids cover the prompt, its last block perhaps in part; where there are more of them, the output after it as well.
std::vector<Content> RequestFile::content() const {
  const auto ids = static_cast<std::int64_t>(row_.hash_ids.size());
  const std::int64_t block = section_.block_tokens.value_or(rows_->block_tokens().value_or(usual_block_tokens));
  const auto blocks = [block](std::int64_t tokens) { return (tokens + block - 1) / block; };
  const std::int64_t both = row_.prompt_tokens + row_.output_tokens;
  if (ids > blocks(both))
    throw InputError(row_.where, "hash_ids",
                     std::to_string(ids) + " ids of " + std::to_string(block) + " tokens, but " + std::to_string(both) +
                         " tokens of prompt and output; expected at most " + std::to_string(blocks(both)));
  std::int64_t left = ids > blocks(row_.prompt_tokens) ? both : row_.prompt_tokens;
  std::vector<Content> found;
  found.reserve(row_.hash_ids.size());
  for (const std::int64_t id : row_.hash_ids) {
    found.push_back({id, std::min(block, left)});
    left -= found.back().tokens;
  }
  return found;
}

}  // namespace upmem_des

/// Rows of a file of requests, as they stand there. Internal to the room.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "upmem_des/util/error.hpp"

namespace upmem_des {

struct RequestRow {
  SourceLocation where;
  double arrival_s = 0;  ///< of Azure's format since the first row
  std::int64_t prompt_tokens = 1;
  std::int64_t output_tokens = 1;
  std::int64_t session = -1;
  std::int64_t priority = 0;
  std::optional<std::int64_t> id;
  std::vector<std::int64_t> hash_ids;
};

/// What has to be there.
struct RowNeeds {
  bool times = true;
  bool lengths = true;
};

/// Reads once from front to back.
class RequestRows {
 public:
  virtual ~RequestRows() = default;
  /// The next row; false at the end. Throws InputError on what is no number of its kind, and on what is missing.
  virtual bool next(RequestRow& row) = 0;
  /// The tokens of a hash id, where the file says so.
  virtual std::optional<std::int64_t> block_tokens() const { return std::nullopt; }
};

/// JSON lines where the first line that is no comment begins with '{', else CSV; plain or gzip. Throws InputError where
/// the file cannot be read, has no rows, or a column is missing.
std::unique_ptr<RequestRows> open_request_rows(const std::string& path, const RowNeeds& needs);
std::unique_ptr<RequestRows> open_csv_rows(const std::string& path, const RowNeeds& needs);
std::unique_ptr<RequestRows> open_jsonl_rows(const std::string& path, const RowNeeds& needs);

/// The limits of what a row says, with the messages of both formats; `text` is what stands there.
double checked_arrival(double value, const std::string& text, const SourceLocation& where, const std::string& key);
std::int64_t checked_tokens(double value, const std::string& text, const SourceLocation& where, const std::string& key);
/// Between -2^53 and 2^53, which doubles tell apart.
std::int64_t checked_whole(double value, const std::string& text, const SourceLocation& where, const std::string& key);
/// From 0 on: sources below are those of prefixes and sessions.
std::int64_t checked_hash_id(double value, const std::string& text, const SourceLocation& where);

}  // namespace upmem_des

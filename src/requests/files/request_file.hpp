/// The requests of a file that a section takes. Internal to the room.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "requests/files/request_rows.hpp"
#include "requests/requests_section.hpp"
#include "upmem_des/requests/request.hpp"

namespace upmem_des {

/// Reads them once, in order, one ahead.
class RequestFile {
 public:
  /// Throws InputError where the file cannot be opened or its first row is wrong, and where `offset` leaves none.
  explicit RequestFile(const RequestFileSection& section);

  /// The next one; nullptr at the end. Of its fields those that are taken (`use`) are set: time, scaled, which counts
  /// from the first request taken where others are left out before it; or tokens, session, priority and content.
  const Request* peek() const { return has_next_ ? &next_ : nullptr; }
  /// Moves on. Throws InputError on a wrong row, on one before the last in time, and on more hash ids than blocks.
  void advance();

  /// Of the next one, as the file has it.
  const RequestRow& row() const { return row_; }

 private:
  bool read();
  std::vector<Content> content() const;

  RequestFileSection section_;
  bool has_times_;
  std::unique_ptr<RequestRows> rows_;
  RequestRow row_;
  Request next_;
  bool has_next_ = false;
  std::int64_t taken_ = 0;
  double last_s_ = 0;  ///< arrival of the row before, as in the file
  double from_s_ = 0;
};

}  // namespace upmem_des

/// Dates of the Azure traces. Internal to the room.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace upmem_des {

/// A date and time of day in whole days and seconds, which are exact apart.
struct Timestamp {
  std::int64_t days = 0;  ///< since 1970-01-01
  double seconds = 0;     ///< of the day, less the offset from UTC

  double seconds_since(const Timestamp& other) const {
    return static_cast<double>(days - other.days) * 86400 + (seconds - other.seconds);
  }
};

/// "2023-11-16 18:17:03.9799600", with or without a fraction, and with "Z" or "+00:00" behind; 'T' between is good
/// too. None where it is something else.
std::optional<Timestamp> parse_timestamp(std::string_view text);

}  // namespace upmem_des

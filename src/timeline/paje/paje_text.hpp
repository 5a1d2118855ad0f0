/// Values as Paje's readers take them. Internal to the room.
#pragma once

#include <string>
#include <string_view>

#include "util/harmless_text.hpp"

namespace upmem_des {

/// In double quotes. The format knows no escapes, its readers stumble over "", and what they print is separated by
/// commas: " becomes ' and a comma ;, and the rest is as one_line() makes it; without anything left it is "-".
std::string paje_string(std::string_view text);

/// The shortest decimal number without an exponent that reads back as the same double.
std::string paje_number(double value);

/// Seconds like paje_number(), but rounded to 15 decimals, below 0.1 s to 15 digits. A later time is never written as
/// an earlier one.
std::string paje_time(double time_s);

}  // namespace upmem_des

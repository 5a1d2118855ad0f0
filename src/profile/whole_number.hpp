/// Whole numbers within the texts of inputs. Internal to the room.
#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>

namespace upmem_des {

/// All of `text` as a number; nothing where it is none, or not one of 64 bits.
inline std::optional<std::int64_t> whole_number(std::string_view text) {
  std::int64_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || stop != end) return std::nullopt;
  return value;
}

}  // namespace upmem_des

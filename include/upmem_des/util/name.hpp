/// Interned names: layer names, types and paths recur millions of times and are compared and looked up all the time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace upmem_des {

/// A text kept once for the whole process. Copying and comparing cost as much as for a pointer; `index()` is dense
/// from 0, so that tables by name are plain vectors.
class Name {
 public:
  /// The empty name, index 0.
  Name();

  /// Interns `text`. Throws InputError when more than `max_names` different texts, or more than `max_bytes` of them,
  /// are in use: no real network has as many, and memory must stay bounded whatever a file holds.
  explicit Name(std::string_view text);

  /// The text.
  const std::string& str() const { return entry_->text; }
  /// Dense from 0, in the order in which texts were first interned.
  std::uint32_t index() const { return entry_->index; }
  /// Is it the empty text?
  bool empty() const { return entry_->text.empty(); }

  friend bool operator==(Name a, Name b) { return a.entry_ == b.entry_; }
  friend bool operator!=(Name a, Name b) { return a.entry_ != b.entry_; }
  friend bool operator==(Name a, std::string_view b) { return a.entry_->text == b; }
  friend bool operator!=(Name a, std::string_view b) { return a.entry_->text != b; }

  static constexpr std::size_t max_names = 1'000'000;
  static constexpr std::size_t max_bytes = 64'000'000;

 private:
  struct Entry {
    std::string text;
    std::uint32_t index = 0;
  };
  static const Entry* intern(std::string_view text);

  const Entry* entry_;
};

}  // namespace upmem_des

/// @cond
template <>
struct std::hash<upmem_des::Name> {
  std::size_t operator()(upmem_des::Name name) const noexcept { return name.index(); }
};
/// @endcond

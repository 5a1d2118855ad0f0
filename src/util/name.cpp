#include "upmem_des/util/name.hpp"

#include <deque>
#include <mutex>
#include <unordered_map>

#include "upmem_des/util/error.hpp"

namespace upmem_des {

const Name::Entry* Name::intern(std::string_view text) {
  static std::mutex mutex;
  static std::deque<Entry> entries{{std::string(), 0}};
  static std::unordered_map<std::string_view, const Entry*> by_text{{entries.front().text, &entries.front()}};
  static std::size_t bytes = 0;

  const std::lock_guard<std::mutex> lock(mutex);
  if (const auto found = by_text.find(text); found != by_text.end()) return found->second;
  if (entries.size() >= max_names || bytes + text.size() > max_bytes)
    throw InputError("more than " + std::to_string(max_names) + " different names, or " + std::to_string(max_bytes) +
                     " bytes of them; expected those of one network");
  bytes += text.size();
  entries.push_back({std::string(text), static_cast<std::uint32_t>(entries.size())});
  by_text.emplace(entries.back().text, &entries.back());
  return &entries.back();
}

Name::Name() {
  static const Entry* const empty = intern("");
  entry_ = empty;
}

Name::Name(std::string_view text) : entry_(intern(text)) {}

}  // namespace upmem_des

#include "plan/layer_tracker.hpp"

#include <algorithm>
#include <charconv>
#include <string_view>

#include "upmem_des/trace/layer_event.hpp"

namespace upmem_des {

namespace {

constexpr std::int64_t no_layer = -1;
constexpr std::int64_t not_read = -2;

bool is_number(std::string_view part) {
  return !part.empty() &&
         std::all_of(part.begin(), part.end(), [](char letter) { return letter >= '0' && letter <= '9'; });
}

std::int64_t first_number(std::string_view path) {
  while (true) {
    const std::size_t dot = path.find('.');
    if (const std::string_view part = path.substr(0, dot); is_number(part)) {
      std::int64_t number = 0;
      const auto [stop, error] = std::from_chars(part.data(), part.data() + part.size(), number);
      return error == std::errc() ? number : no_layer;
    }
    if (dot == std::string_view::npos) return no_layer;
    path.remove_prefix(dot + 1);
  }
}

}  // namespace

std::optional<std::int64_t> LayerTracker::layer_of(const LayerEvent& event) {
  if (!event.path.empty())
    current_ = number_in(event.path);
  else if (event.kind == EventKind::Layer)
    current_ = no_layer;
  if (current_ < 0) return std::nullopt;
  return current_;
}

std::int64_t LayerTracker::number_in(Name path) {
  if (path.index() >= numbers_.size()) numbers_.resize(path.index() + 1, not_read);
  std::int64_t& number = numbers_[path.index()];
  if (number == not_read) number = first_number(path.str());
  return number;
}

}  // namespace upmem_des

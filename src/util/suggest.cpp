#include "util/suggest.hpp"

#include <algorithm>
#include <cctype>
#include <numeric>

namespace upmem_des {

namespace {

constexpr std::size_t longest_compared = 200;

std::string folded(std::string_view word) {
  std::string text(word.substr(0, longest_compared));
  for (char& c : text) c = c == '-' ? '_' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

/// Edits (insert, delete, replace, swap of neighbours) that make one word the other.
std::size_t edit_distance(const std::string& a, const std::string& b) {
  std::vector<std::size_t> two_back, previous(b.size() + 1), current(b.size() + 1);
  std::iota(previous.begin(), previous.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    current[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      current[j] = std::min({previous[j] + 1, current[j - 1] + 1, previous[j - 1] + (a[i - 1] == b[j - 1] ? 0U : 1U)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        current[j] = std::min(current[j], two_back[j - 2] + 1);
    }
    two_back = previous;
    std::swap(previous, current);
  }
  return previous[b.size()];
}

std::size_t common_beginning(const std::string& a, const std::string& b) {
  const auto end = std::mismatch(a.begin(), a.end(), b.begin(), b.end()).first;
  return static_cast<std::size_t>(end - a.begin());
}

}  // namespace

std::string nearest(std::string_view word, const std::vector<std::string>& candidates, std::size_t most) {
  const std::string wanted = folded(word);
  std::string best;
  std::size_t best_distance = 0, best_alike = 0;
  for (const std::string& candidate : candidates) {
    const std::string text = folded(candidate);
    const std::size_t distance = edit_distance(wanted, text);
    const std::size_t allowed = std::min(most, std::max<std::size_t>(2, std::max(wanted.size(), text.size()) / 3));
    const bool shares_something = distance < std::max(wanted.size(), text.size());
    if (!shares_something || distance > allowed) continue;
    // Of those that are equally near the one that begins alike: H10 is H100 rather than H20.
    const std::size_t alike = common_beginning(wanted, text);
    if (best.empty() || distance < best_distance || (distance == best_distance && alike > best_alike)) {
      best = candidate;
      best_distance = distance;
      best_alike = alike;
    }
  }
  return best;
}

std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates) {
  const std::string name = nearest(word, candidates);
  return name.empty() ? std::string() : "; did you mean '" + name + "'?";
}

std::string listed(const std::vector<std::string>& names, std::size_t most) {
  std::string text;
  for (std::size_t i = 0; i < names.size() && i < most; ++i) text += (i == 0 ? "" : ", ") + names[i];
  if (names.size() > most) text += " and " + std::to_string(names.size() - most) + " more";
  return text;
}

}  // namespace upmem_des

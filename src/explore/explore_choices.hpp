/// What was chosen on the page.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace upmem_des {

/// The controls of the page, by their names in requests. What has no choice stays as the scenario says.
const std::vector<std::string>& explore_controls();

/// Choices by control, as texts: what is wrong with one is for the run to say. Immutable once read.
class ExploreChoices {
 public:
  ExploreChoices() = default;
  /// Throws InputError on a control that is not known or chosen twice, on a text of more than 200 bytes, and on one
  /// with control characters.
  explicit ExploreChoices(std::vector<std::pair<std::string, std::string>> choices);

  /// The text of a control; nullptr where nothing was chosen.
  const std::string* find(const std::string& control) const;

  /// The same with this one left to the scenario.
  ExploreChoices without(const std::string& control) const;

 private:
  std::vector<std::pair<std::string, std::string>> choices_;
};

/// What the page asks for: a run, or one for each of several batches.
struct ExploreRequest {
  std::string page;  ///< tells apart pages that are open at the same time
  ExploreChoices choices;
  bool what_if = false;               ///< says what faster memory, arithmetic and links would gain, too
  bool allow_overflow = false;        ///< devices may hold more than their capacity
  std::vector<std::int64_t> batches;  ///< of a curve
};

inline constexpr std::size_t most_curve_points = 16;

/// {"page": "…", "choices": {"batch": "8", …}, "what_if": true, "allow_overflow": true}, all optional but "page"; a
/// curve has "batches": [1, 2, …], 1 to most_curve_points, each above 0, in place of the two truth values. Throws
/// InputError ("request: …") on anything else.
ExploreRequest read_explore_run(const std::string& json);
ExploreRequest read_explore_curve(const std::string& json);

}  // namespace upmem_des

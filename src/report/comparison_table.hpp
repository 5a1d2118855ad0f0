/// Numbers of several results side by side. Internal to the room.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace upmem_des {

/// A column for each result and after each but the first its ratio to the first ("-" where that is 0 or missing). Four
/// results stand side by side; more make more tables, each with the first result in front.
class ComparisonTable {
 public:
  /// What heads the columns.
  explicit ComparisonTable(std::vector<std::string> names) : names_(std::move(names)) {}

  /// A value of each result; none where a result does not say. The unit suits the largest of them: a row has one in all
  /// tables. Without a unit it has none.
  void row(const std::string& label, const std::string& unit, std::vector<std::optional<double>> values);
  void heading(const std::string& label) { rows_.push_back({label, "", false, {}}); }
  void gap() { heading(""); }

  std::string text() const;

 private:
  struct Row {
    std::string label;
    std::string unit;
    bool has_values = true;
    std::vector<std::optional<double>> values;
  };
  std::vector<std::string> cells(const Row& row, const std::vector<std::size_t>& shown) const;

  std::vector<std::string> names_;
  std::vector<Row> rows_;
};

}  // namespace upmem_des

/// Numbers by name, and what they may be: how processes and distributions say which keys they have.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace upmem_des {

/// A key, its limits and what it is where it is not given.
struct NumberRule {
  enum class Need { required, optional };

  std::string key;
  double least = 0;
  double most = 0;
  bool least_excluded = false;
  bool whole = false;
  Need need = Need::required;
};

/// The numbers that were given, in the rules' order.
class NamedNumbers {
 public:
  void add(std::string key, double value) { values_.emplace_back(std::move(key), value); }
  std::optional<double> find(const std::string& key) const;
  /// Throws std::logic_error where it was not given: rules see to that.
  double at(const std::string& key) const;
  double value_or(const std::string& key, double otherwise) const { return find(key).value_or(otherwise); }
  const std::vector<std::pair<std::string, double>>& values() const { return values_; }

 private:
  std::vector<std::pair<std::string, double>> values_;
};

}  // namespace upmem_des

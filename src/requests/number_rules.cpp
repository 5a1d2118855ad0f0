#include "requests/number_rules.hpp"

#include <stdexcept>

namespace upmem_des {

std::optional<double> NamedNumbers::find(const std::string& key) const {
  for (const auto& [name, value] : values_)
    if (name == key) return value;
  return std::nullopt;
}

double NamedNumbers::at(const std::string& key) const {
  const std::optional<double> value = find(key);
  if (!value) throw std::logic_error("no number '" + key + "'");
  return *value;
}

}  // namespace upmem_des

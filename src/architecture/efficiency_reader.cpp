#include "architecture/efficiency_reader.hpp"

#include "util/suggest.hpp"

namespace upmem_des {

namespace {

constexpr const char* any_format = "any";

std::vector<double> read_values(const EfficiencyForm& form, const YamlNode& node) {
  YamlMap map(node);
  std::vector<double> values;
  for (const FormParameter& parameter : form.parameters()) {
    const YamlNode* value = map.optional(parameter.key);
    NumberRange range;
    range.min = parameter.least;
    range.max = parameter.most;
    values.push_back(value == nullptr ? parameter.ideal : yaml_number(*value, range));
  }
  map.done();
  return values;
}

std::optional<NumberFormat> read_format(const std::string& name, const YamlNode& node) {
  if (name == any_format) return std::nullopt;
  if (const auto format = parse_number_format(name)) return format;
  std::vector<std::string> known = number_format_names();
  known.emplace_back(any_format);
  yaml_error(node, "no number format; expected one of " + listed(known) + did_you_mean(name, known));
}

}  // namespace

EfficiencyTable read_efficiency_table(const YamlNode& node) {
  EfficiencyTable table;
  YamlMap map(node);
  for (const EfficiencyForm* form : efficiency_forms()) {
    const YamlNode* by_format = map.optional(form->name());
    if (by_format == nullptr) continue;
    if (by_format->kind != YamlNode::Kind::Map) yaml_error(*by_format, "no mapping; expected number formats, or any");
    for (const auto& [name, values] : by_format->entries) {
      const std::optional<NumberFormat> format = read_format(name, values);
      for (const FittedForm& other : table.fitted)
        if (other.form == form && other.format == format)
          yaml_error(values, "numbers of " + other.title() + " a second time; expected them once");
      table.fitted.push_back({form, format, read_values(*form, values)});
    }
  }
  map.done();
  return table;
}

}  // namespace upmem_des

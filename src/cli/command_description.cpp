#include "cli/command_description.hpp"

#include <algorithm>

#include "cli/option_values.hpp"

namespace upmem_des {

namespace {

using Takes = OptionDescription::Takes;

bool names(const std::string& value, std::initializer_list<const char*> words) {
  return std::any_of(words.begin(), words.end(),
                     [&value](const char* word) { return value.find(word) != std::string::npos; });
}

/// The help calls what is a file so, or by what is in it.
Takes takes(const CLI::Option& option, const std::string& value) {
  if (option.get_items_expected_max() == 0) return Takes::Nothing;
  const std::string name = option.get_positional() ? option.get_name() + value : value;
  if (names(name, {"DIR"})) return Takes::Folder;
  return names(name, {"FILE", "SCENARIO", "CONFIG", "MEASURED"}) ? Takes::File : Takes::Word;
}

OptionDescription described(CLI::Option& option) {
  OptionDescription result;
  result.is_positional = option.get_positional();
  if (result.is_positional) result.names.push_back(option.get_name());
  for (const std::string& name : option.get_snames()) result.names.push_back("-" + name);
  for (const std::string& name : option.get_lnames()) result.names.push_back("--" + name);
  result.value = option.get_option_text();
  if (result.value.empty() && option.get_items_expected_max() > 0) {
    result.value = option.get_type_name();
    if (!option.get_default_str().empty()) result.value += "=" + option.get_default_str();
  }
  result.text = option.get_description();
  result.takes = takes(option, result.value);
  result.choices = choices_of(option);
  result.is_required = option.get_required();
  result.repeats =
      option.get_items_expected_max() > 1 || option.get_multi_option_policy() == CLI::MultiOptionPolicy::TakeAll;
  return result;
}

}  // namespace

CommandDescription describe(CLI::App& app) {
  CommandDescription result;
  result.name = app.get_name();
  result.text = app.get_description();
  result.footer = app.get_footer();
  for (CLI::Option* option : app.get_options([](const CLI::Option*) { return true; }))
    if (!option->get_group().empty()) result.options.push_back(described(*option));
  std::stable_partition(result.options.begin(), result.options.end(),
                        [](const OptionDescription& option) { return option.is_positional; });
  for (CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; }))
    if (!command->get_group().empty()) result.commands.push_back(describe(*command));
  return result;
}

}  // namespace upmem_des

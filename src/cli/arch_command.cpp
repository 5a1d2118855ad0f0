#include <memory>

#include "architecture/architecture_reader.hpp"
#include "architecture/architecture_source.hpp"
#include "architecture/architecture_table.hpp"
#include "cli/commands.hpp"
#include "cli/option_values.hpp"
#include "upmem_des/architecture/catalogue.hpp"
#include "util/harmless_text.hpp"

namespace upmem_des {

namespace {

struct ArchOptions {
  std::vector<std::string> extra_files;
  std::string name;
  std::string format = "text";
  std::vector<std::string> files;
};

Catalogue catalogue_with(const std::vector<std::string>& extra_files) {
  Catalogue catalogue = Catalogue::builtin();
  for (const std::string& file : extra_files) catalogue.add_file(file);
  return catalogue;
}

std::string shown(const Architecture& profile, const std::string& format) {
  if (format == "yaml") return architecture_source(profile);
  return format == "json" ? architecture_json(profile) : architecture_sheet(profile);
}

}  // namespace

void add_arch_command(CLI::App& app, Action& action) {
  auto options = std::make_shared<ArchOptions>();
  CLI::App* arch = app.add_subcommand("arch", "Device profiles: list them, show one, validate a file");
  arch->require_subcommand(1);

  CLI::App* list = arch->add_subcommand("list", "The main figures of all devices");
  list->add_option("--extra-archs", options->extra_files, "Further device file (repeatable; same names replace)")
      ->option_text("FILE")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  list->callback([options, &action] {
    action = [options] { print(architecture_table(catalogue_with(options->extra_files).all())); };
  });

  CLI::App* show = arch->add_subcommand("show", "Every figure of one device");
  show->add_option("NAME", options->name, "Device, with hyphens or underscores")->required();
  show->add_option("--format", options->format, "text, yaml (a file to begin a device of one's own with) or json")
      ->check(one_of({"text", "yaml", "json"}))
      ->option_text("FORMAT");
  show->add_option("--extra-archs", options->extra_files, "Further device file (repeatable; same names replace)")
      ->option_text("FILE")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  show->callback([options, &action] {
    action = [options] {
      print(shown(catalogue_with(options->extra_files).get(options->name, {}, ""), options->format));
    };
  });

  CLI::App* validate = arch->add_subcommand("validate", "Check device files");
  validate->add_option("FILE", options->files, "Device file to check")->required();
  validate->callback([options, &action] {
    action = [options] {
      for (const std::string& file : options->files) {
        const std::size_t count = read_architectures(file).size();
        print(one_line(file) + ": " + std::to_string(count) + (count == 1 ? " device" : " devices") + ", all good\n");
      }
    };
  });
}

}  // namespace upmem_des

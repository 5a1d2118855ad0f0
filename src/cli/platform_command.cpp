#include <spdlog/spdlog.h>

#include <filesystem>
#include <memory>

#include "cli/commands.hpp"
#include "cli/option_values.hpp"
#include "cli/scenario_options.hpp"
#include "platform/platform_builder.hpp"
#include "platform/platform_writer.hpp"
#include "run/collective_overview.hpp"
#include "run/prepared_run.hpp"
#include "upmem_des/architecture/catalogue.hpp"
#include "upmem_des/cost/cost_model.hpp"
#include "upmem_des/util/data_folder.hpp"
#include "upmem_des/util/find_file.hpp"
#include "util/suggest.hpp"
#include "util/text_table.hpp"
#include "util/yaml.hpp"

namespace upmem_des {

namespace {

constexpr const char* platform_folder = "platforms";

struct PlatformOptions {
  ScenarioOptions scenario;
  std::string format = "text";
};

/// The path of a platform file, as it is or below the data folder's platforms/; empty where `path` leads to a scenario
/// or, as far as this can tell, nowhere.
std::string platform_path(const std::string& path) {
  if (path == "-") return {};
  std::error_code error;
  const std::string found = std::filesystem::exists(path, error) ? path : find_data_file(path, ".", FileKind::platform);
  if (!std::filesystem::exists(found, error)) {
    // A scenario, or nothing of that name: load_scenario() would look for one like it among scenarios alone.
    const std::string similar = similar_data_file(path, ".", FileKind::platform);
    if (similar.empty() || std::filesystem::exists(find_data_file(path, ".", FileKind::scenario), error)) return {};
    throw InputError({path}, "no such file" + similar);
  }
  const YamlNode root = read_yaml_file(found);
  const auto has = [&root](const char* key) { return root.find(key) != nullptr; };
  const bool is_platform = !has("workload") && (has("devices") || has("links") || has("networks") || has("host"));
  return is_platform ? found : std::string();
}

/// Those of a scenario that would name this platform.
YamlNode machine_settings(const std::string& path, const std::vector<std::string>& settings) {
  YamlNode root = YamlNode::map();
  for (const char* section : {"platform", "architectures"}) root.add(section, YamlNode::map());
  for (const std::string& text : settings) {
    const ScenarioOverrides::Setting setting = parse_setting(text, "--set");
    if (setting.key.rfind("platform.", 0) != 0 && setting.key.rfind("architectures.", 0) != 0)
      throw InputError({"--set"}, path +
                                      " is a platform; expected a scenario to change, or a figure such as "
                                      "platform.devices.NAME.mem_bw_GBs");
    set_yaml_value(root, setting.key, setting.value, setting.option);
  }
  return root;
}

/// A machine and the format that it computes with.
struct Shown {
  PlatformSpec platform;
  NumberFormat dtype;
};

/// The machine of a platform file alone: no workload says what it computes with.
Shown platform_of_file(const std::string& path, const ScenarioOptions& options) {
  const auto refuse = [&path](const char* option, bool is_given) {
    if (is_given) throw InputError({option}, path + " is a platform; expected a scenario to change");
  };
  refuse("--num-key-value-heads", !options.num_key_value_heads.empty());
  refuse("--sliding-window", !options.sliding_window.empty());
  CostOptions cost;
  if (!options.dtype.empty()) {
    const std::optional<NumberFormat> type = parse_number_format(options.dtype);
    if (!type)
      throw InputError({"--dtype"}, "unknown value '" + options.dtype + "'; expected one of " +
                                        listed(number_format_names()) +
                                        did_you_mean(options.dtype, number_format_names()));
    cost.dtype = cost.kv_dtype = *type;
  }
  const YamlNode settings = machine_settings(path, options.settings);
  const PlatformFile file = read_platform_file(path, *settings.find("platform"));
  Catalogue catalogue = Catalogue::builtin();
  for (const std::string& extra : options.extra_archs) catalogue.add_file(extra);
  catalogue.change(*settings.find("architectures"));
  const auto model = make_cost_model(options.cost_model.empty() ? "roofline" : options.cost_model, cost);
  PlatformSpec platform = build_platform(
      file, catalogue, [&](const Architecture& host) { return model->host_profile(host); },
      [&](const Architecture& profile) { return model->ratings(profile); }, false);
  return {std::move(platform), cost.dtype};
}

void print_platform(const Shown& shown, const std::string& format) {
  const PlatformSpec& platform = shown.platform;
  if (const std::size_t routes = platform.routes.used_count(); format == "xml" && routes > most_simgrid_routes)
    throw InputError({"--format"}, "xml has each way of the machine, " + std::to_string(routes) +
                                       "; expected at most " + std::to_string(most_simgrid_routes) +
                                       ", or text or dot");
  if (format == "xml")
    print(platform_xml(platform));
  else if (format == "dot")
    print(platform_dot(platform));
  else
    print(platform_text(platform) + collective_overview(platform, bytes_per_element(shown.dtype)));
}

void show_platform(const PlatformOptions& options) {
  if (const std::string path = platform_path(options.scenario.path); !path.empty())
    return print_platform(platform_of_file(path, options.scenario), options.format);
  const PreparedRun prepared(load_scenario(options.scenario),
                             [](const std::string& warning) { print_warning(warning); });
  print_platform({prepared.platform(), prepared.cost_options().dtype}, options.format);
}

/// "2 gpu, 16 dimm".
std::string device_counts(const PlatformFile& file) {
  std::string text;
  for (const PlatformFile::Devices& group : file.devices)
    text += (text.empty() ? "" : ", ") + std::to_string(group.count) + " " + group.name;
  return text;
}

void list_platforms() {
  TextTable table({TextTable::Align::Left, TextTable::Align::Left, TextTable::Align::Left});
  table.row({"platform", "devices", "title"});
  table.rule();
  for (const std::string& path : data_files(platform_folder, ".yaml")) {
    const PlatformFile file = read_platform_file(path);
    table.row({std::filesystem::path(path).filename().string(), device_counts(file), file.name});
  }
  print(table.str());
}

}  // namespace

void add_platform_command(CLI::App& app, Action& action) {
  auto options = std::make_shared<PlatformOptions>();
  CLI::App* platform = app.add_subcommand("platform", "Machines: list those of platforms/, show one");
  platform->require_subcommand(1);

  CLI::App* list = platform->add_subcommand("list", "The machines that come with the program");
  list->callback([&action] { action = list_platforms; });

  CLI::App* show = platform->add_subcommand("show", "Print the machine of a platform file or of a scenario");
  add_scenario_options(*show, options->scenario);
  show->get_option("SCENARIO")->description("Scenario or platform file (YAML)");
  show->add_option("--format", options->format, "text, xml (SimGrid's) or dot (Graphviz)")
      ->check(one_of({"text", "xml", "dot"}))
      ->option_text("FORMAT");
  show->callback([options, &action] { action = [options] { show_platform(*options); }; });
}

}  // namespace upmem_des

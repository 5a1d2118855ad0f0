#include <spdlog/spdlog.h>

#include <memory>

#include "cli/commands.hpp"
#include "cli/scenario_options.hpp"
#include "platform/platform_writer.hpp"
#include "run/prepared_run.hpp"

namespace upmem_des {

namespace {

struct PlatformOptions {
  ScenarioOptions scenario;
  std::string format = "text";
};

void show_platform(const PlatformOptions& options) {
  const PreparedRun prepared(load_scenario(options.scenario),
                             [](const std::string& warning) { spdlog::warn("{}", warning); });
  const PlatformSpec& platform = prepared.platform();
  if (options.format == "xml")
    print(platform_xml(platform));
  else if (options.format == "dot")
    print(platform_dot(platform));
  else
    print(platform_text(platform));
}

}  // namespace

void add_platform_command(CLI::App& app, Action& action) {
  auto options = std::make_shared<PlatformOptions>();
  CLI::App* platform = app.add_subcommand("platform", "The machine that a scenario runs on");
  platform->require_subcommand(1);
  CLI::App* show = platform->add_subcommand("show", "Print a scenario's machine");
  add_scenario_options(*show, options->scenario);
  show->add_option("--format", options->format, "text, xml (SimGrid's) or dot (Graphviz)")
      ->check(CLI::IsMember({"text", "xml", "dot"}))
      ->option_text("FORMAT");
  show->callback([options, &action] { action = [options] { show_platform(*options); }; });
}

}  // namespace upmem_des

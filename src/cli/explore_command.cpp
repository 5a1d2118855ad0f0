#include <algorithm>
#include <memory>
#include <thread>

#include "cli/commands.hpp"
#include "cli/option_values.hpp"
#include "cli/scenario_options.hpp"
#include "explore/explore_answers.hpp"
#include "explore/explore_server.hpp"
#include "upmem_des/report/html_report.hpp"
#include "util/harmless_text.hpp"

namespace upmem_des {

namespace {

constexpr std::int64_t highest_port = 65535;
constexpr std::int64_t most_seconds = 1'000'000;

struct ExploreOptions {
  ScenarioOptions scenario;
  std::int64_t port = 0;
  std::int64_t limit_s = 60;
};

void explore(const ExploreOptions& options) {
  require_page();
  if (options.scenario.path == "-")
    throw InputError({"SCENARIO"}, "'-' is standard input; expected a file, which is read anew for every run");
  RunWorker::Options wanted;
  wanted.program = "/proc/self/exe";
  wanted.runs = std::max(2U, std::thread::hardware_concurrency());
  wanted.limit = std::chrono::seconds(options.limit_s);
  RunWorker worker(wanted);
  const auto load = [&options] { return load_scenario(options.scenario); };
  ExploreAnswers answers({load, words_of(options.scenario)}, worker);
  ExploreServer server(answers, worker, static_cast<int>(options.port));
  worker.start();
  print("http://127.0.0.1:" + std::to_string(server.port()) + "/ explores " + one_line(options.scenario.path) +
        "; Ctrl-C ends it\n");
  server.serve();
}

}  // namespace

void add_explore_command(CLI::App& app, Action& action) {
  auto options = std::make_shared<ExploreOptions>();
  CLI::App* command =
      app.add_subcommand("explore", "Serve a page on which a scenario's model, machine and sizes are chosen");
  add_scenario_options(*command, options->scenario);
  command->add_option("--port", options->port, "Where to listen, on this machine alone (0: any that is free)")
      ->check(whole_number(0, highest_port))
      ->option_text("N");
  command->add_option("--limit", options->limit_s, "End runs that take longer (60)")
      ->check(whole_number(1, most_seconds))
      ->option_text("SECONDS");
  command->footer("Open the address that it prints in a browser.");
  command->callback([options, &action] { action = [options] { explore(*options); }; });
}

}  // namespace upmem_des

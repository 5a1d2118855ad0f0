#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "cli/cli.hpp"
#include "cli/commands.hpp"
#include "cli/job_worker.hpp"
#include "cli/option_values.hpp"
#include "run/warm_up.hpp"

namespace upmem_des {

namespace {

constexpr std::int64_t most_jobs = 4096;
constexpr std::int64_t most_seconds = 10'000'000;

struct WorkOptions {
  std::int64_t jobs = 1;
  std::optional<std::int64_t> limit_s;
  bool keeps_output = false;
};

int run_program(CommandLine& command_line, std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "upmem-des");
  std::vector<char*> words;
  for (std::string& argument : arguments) words.push_back(argument.data());
  words.push_back(nullptr);
  return command_line.run(static_cast<int>(arguments.size()), words.data());
}

void work_on(const WorkOptions& options) {
  JobWorker::Options wanted;
  wanted.jobs = static_cast<std::size_t>(options.jobs);
  wanted.keeps_output = options.keeps_output;
  if (options.limit_s) wanted.limit = std::chrono::seconds(*options.limit_s);
  // With it set the worker itself has found all symbols of its libraries. Programs that jobs start need not.
  ::unsetenv("LD_BIND_NOW");
  warm_up();
  CommandLine command_line;
  const auto work = [&](const std::vector<std::string>& arguments) { return run_program(command_line, arguments); };
  JobWorker(wanted, work).run();
}

}  // namespace

void add_work_command(CLI::App& app, Action& action) {
  auto options = std::make_shared<WorkOptions>();
  CLI::App* command =
      app.add_subcommand("work", "Run the jobs that come on standard input; for scripts/sweep and explore");
  command->group("");
  command->add_option("--jobs", options->jobs, "Jobs at a time")->check(whole_number(1, most_jobs))->option_text("N");
  command->add_option("--limit", options->limit_s, "End jobs that take longer")
      ->check(whole_number(1, most_seconds))
      ->option_text("SECONDS");
  command->add_flag("--keep-output", options->keeps_output, "Answers have what jobs print, too");
  command->callback([options, &action] { action = [options] { work_on(*options); }; });
}

}  // namespace upmem_des

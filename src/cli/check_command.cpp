#include <spdlog/spdlog.h>

#include <memory>

#include "cli/commands.hpp"
#include "cli/point_reader.hpp"
#include "cli/scenario_options.hpp"
#include "run/checked_scenario.hpp"
#include "service/checked_serving.hpp"
#include "upmem_des/util/find_file.hpp"
#include "util/harmless_text.hpp"
#include "util/json_text.hpp"

namespace upmem_des {

namespace {

struct CheckOptions {
  ScenarioOptions scenario;
  std::string points;
  bool strict = false;
};

/// What is known of one point, as a line of JSON.
class PointLine {
 public:
  explicit PointLine(std::int64_t point) : text_("{\"point\":" + std::to_string(point)) {}

  void good(const CheckedScenario& checked, const std::vector<std::string>& warnings) {
    add("status", json_text("ok"));
    add("events", checked.events ? std::to_string(*checked.events) : "null");
    add("inputs", json_text(checked.inputs));
    std::string list;
    for (const std::string& warning : warnings) list += (list.empty() ? "" : ",") + json_text(warning);
    add("warnings", "[" + list + "]");
  }

  void bad(const char* status, const std::exception& error) {
    add("status", json_text(status));
    add("error", json_text(error.what()));
  }

  std::string str() const { return text_ + "}\n"; }

 private:
  void add(const char* key, const std::string& json) { text_ += ",\"" + std::string(key) + "\":" + json; }

  std::string text_;
};

/// Of a scenario that serves requests, how many events there will be is not known before.
struct Checked : CheckedScenario {
  bool serves = false;
};

Checked check(const CheckOptions& options, const std::vector<std::string>& settings, const Warn& warn) {
  ScenarioOptions changed = options.scenario;
  changed.settings.insert(changed.settings.end(), settings.begin(), settings.end());
  const auto warn_or_fail = [&](const std::string& warning) {
    if (options.strict) throw InputError(warning);
    warn(warning);
  };
  const Scenario scenario = load_scenario(changed);
  if (!scenario.workload.requests) return {check_scenario(scenario, warn_or_fail), false};
  return {{std::nullopt, check_serving(scenario, warn_or_fail).inputs}, true};
}

/// How many points are how, and the exit code that follows, as what is thrown.
struct PointCounts {
  std::int64_t all = 0;
  std::int64_t bad_input = 0;
  std::int64_t cannot_run = 0;

  void fail_if_any(const std::string& origin) const {
    const auto of_all = [this](std::int64_t count) {
      return std::to_string(count) + " of " + std::to_string(all) + (all == 1 ? " point" : " points");
    };
    if (bad_input > 0) throw InputError({origin}, "bad input in " + of_all(bad_input));
    if (cannot_run > 0) throw SimulationError(origin + ": " + of_all(cannot_run) + " cannot run");
  }
};

void check_points(const CheckOptions& options) {
  find_named_file(options.scenario.path, FileKind::scenario);  // said once, and not of each point
  PointReader reader(options.points);
  PointCounts counts;
  for (std::vector<std::string> settings; reader.next(settings); ++counts.all) {
    PointLine line(counts.all);
    std::vector<std::string> warnings;
    try {
      const auto keep = [&warnings](const std::string& warning) { warnings.push_back(warning); };
      line.good(check(options, settings, keep), warnings);
    } catch (const InputError& error) {
      ++counts.bad_input;
      line.bad("bad input", error);
    } catch (const SimulationError& error) {
      ++counts.cannot_run;
      line.bad("cannot run", error);
    }
    print(line.str());
  }
  counts.fail_if_any(reader.origin());
}

void check_one(const CheckOptions& options, const CommonOptions& common) {
  const Checked checked = check(options, {}, [](const std::string& warning) { print_warning(warning); });
  if (common.quiet) return;
  const std::string events = checked.events   ? std::to_string(*checked.events) + " events"
                             : checked.serves ? std::string("serves requests")
                                              : std::string("still to be profiled");
  print(one_line(options.scenario.path + ": ok, " + events + ", inputs " + checked.inputs) + "\n");
}

}  // namespace

void add_check_command(CLI::App& app, const CommonOptions& common, Action& action) {
  auto options = std::make_shared<CheckOptions>();
  CLI::App* check = app.add_subcommand("check", "Check a scenario, or many changes of it, without simulating");
  add_scenario_options(*check, options->scenario);
  check->add_option("--points", options->points, "Check it with each line's settings, a JSON array (-: standard input)")
      ->option_text("FILE");
  check->add_flag("--strict", options->strict, "Warnings are errors");
  check->footer("'inputs' is a digest of all that decides a run's numbers; see 'run --expect-inputs'.");
  check->callback([options, &common, &action] {
    action = [options, &common] {
      if (options->points.empty())
        check_one(*options, common);
      else
        check_points(*options);
    };
  });
}

}  // namespace upmem_des

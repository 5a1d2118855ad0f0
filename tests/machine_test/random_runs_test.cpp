/// Whichever way a random scenario is run, it gives the same numbers.
///
/// UPMEM_DES_RANDOM_CASES=20000 runs so many of them, UPMEM_DES_RANDOM_FIRST=1234 begins with that seed. Those that are
/// refused are listed with UPMEM_DES_RANDOM_REFUSED=1.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <set>

#include "machine_bench.hpp"
#include "random_case.hpp"
#include "support/in_child.hpp"
#include "support/peak_laws.hpp"
#include "support/result_numbers.hpp"
#include "support/time_laws.hpp"

using namespace upmem_des;
using namespace upmem_des::test;

namespace {

constexpr unsigned tests = 10;

unsigned from_environment(const char* name, unsigned otherwise) {
  const char* const text = std::getenv(name);
  return text == nullptr ? otherwise : static_cast<unsigned>(std::strtoul(text, nullptr, 10));
}

/// Events in order of time, each with an end that is not before its start.
class EventAudit : public EventObserver {
 public:
  void on_event(const EventRecord& record) override {
    if (record.end_s < record.start_s || record.end_s < latest_s_ * (1 - 1e-12))
      problem = "an event from " + number_text(record.start_s) + " to " + number_text(record.end_s) +
                " that was told of after " + number_text(latest_s_);
    latest_s_ = record.end_s;
    events += record.event != nullptr ? 1 : 0;
  }

  std::string problem;
  std::int64_t events = 0;

 private:
  double latest_s_ = 0;
};

/// Activities that start before they end, on streams that have one at a time; time that never goes back.
class ActivityAudit : public ActivityObserver {
 public:
  void on_start(const ActivityRecord& activity) override {
    at(activity.start_s);
    if (!busy_.insert({activity.kind, activity.stream}).second) problem = "two activities at once on a stream";
  }
  void on_use(const ResourceUse& use) override {
    if (use.resource == Resource::Memory) work_[use.index].emplace_back(use.start_s, use.end_s);
    if (use.end_s < use.start_s) problem = "a use that ends before it starts";
  }
  void on_end(const ActivityRecord& activity) override {
    at(activity.end_s);
    if (activity.kind == ActivityKind::Compute) work_[activity.stream].emplace_back(activity.start_s, activity.end_s);
    if (busy_.erase({activity.kind, activity.stream}) != 1) problem = "an activity that ends and has not started";
  }
  void on_prefill_end(double time_s) override { at(time_s); }
  void on_run_end(double time_s) override {
    at(time_s);
    if (!busy_.empty()) problem = "an activity that has not ended";
  }

  /// For how long a device has had work: tasks, and weights that are fetched ahead.
  double busy_s(std::size_t device) {
    std::vector<std::pair<double, double>>& spans = work_[device];
    std::sort(spans.begin(), spans.end());
    double sum_s = 0, to_s = 0;
    for (const auto& [start_s, end_s] : spans) {
      sum_s += std::max(0.0, end_s - std::max(start_s, to_s));
      to_s = std::max(to_s, end_s);
    }
    return sum_s;
  }

  std::string problem;

 private:
  void at(double time_s) {
    if (time_s < now_s_) problem = "time goes back from " + number_text(now_s_) + " to " + number_text(time_s);
    now_s_ = time_s;
  }

  std::set<std::pair<ActivityKind, std::size_t>> busy_;
  std::map<std::size_t, std::vector<std::pair<double, double>>> work_;  // by device
  double now_s_ = 0;
};

enum class Watch { Nothing, Events, Activities, Both };

/// What a run in a process of its own came to: numbers, or why there are none.
struct Outcome {
  std::vector<ResultNumber> numbers;
  std::string problem;

  double operator[](const std::string& name) const {
    for (const ResultNumber& number : numbers)
      if (number.name == name) return number.value;
    ADD_FAILURE() << "no " << name;
    return 0;
  }
};

class Case {
 public:
  explicit Case(unsigned seed) : one_(random_case(seed)) {
    ::setenv("UPMEM_DES_DATA", PROJECT_DIR, 1);
    folder_.write("devices.yaml", one_.devices);
    folder_.write("platform.yaml", one_.platform);
    folder_.write("config.json", one_.model);
  }

  const RandomCase& one() const { return one_; }

  /// Why the scenario is refused before it runs; "no error" where it is not.
  std::string refusal() const {
    return input_error([&] { PreparedRun(scenario(one_.schedule), [](const std::string&) {}); });
  }

  Outcome run(const std::string& how, Watch watch = Watch::Nothing) const {
    const Scenario ready = scenario(how);
    const std::string text = in_child([&] { return numbers_watched(ready, watch); });
    Outcome outcome;
    outcome.numbers = numbers_from(text);
    if (outcome.numbers.empty()) outcome.problem = text;
    return outcome;
  }

 private:
  Scenario scenario(const std::string& how) const {
    return load_scenario(folder_.write("scenario.yaml", one_.scenario_with(how)));
  }

  /// Active energy is active_W over the time in which a device has work, and idle energy idle_W over all of it.
  static std::string broken_active_law(const Scenario& scenario, ActivityAudit& activities,
                                       const SimulationResult& result) {
    const PreparedRun prepared(scenario, [](const std::string&) {});
    for (std::size_t i = 0; i < result.devices.size(); ++i) {
      const Architecture& profile = prepared.platform().devices[i].architecture;
      const EnergyParts& energy = result.devices[i].energy;
      const double active_J = profile.active_W * activities.busy_s(i);
      if (std::abs(energy.active_J - active_J) > 1e-9 * active_J + 1e-12 * profile.active_W * result.time_s)
        return result.devices[i].name + ": " + number_text(energy.active_J) + " J while it has work, by its tasks " +
               number_text(active_J);
      const double idle_J = profile.idle_W * result.time_s;
      if (std::abs(energy.idle_J - idle_J) > 1e-9 * idle_J) return result.devices[i].name + ": another idle energy";
    }
    return "";
  }

  static std::string numbers_watched(const Scenario& scenario, Watch watch) {
    EventAudit events;
    ActivityAudit activities;
    RunOptions options;
    if (watch == Watch::Events || watch == Watch::Both) options.observer = &events;
    if (watch == Watch::Activities || watch == Watch::Both) options.watcher = &activities;
    const SimulationResult result = upmem_des::run(scenario, options);
    if (!events.problem.empty()) return events.problem;
    if (!activities.problem.empty()) return activities.problem;
    if (options.watcher != nullptr)
      if (const std::string broken = broken_active_law(scenario, activities, result); !broken.empty()) return broken;
    if (const std::string broken = broken_peak_law(result); !broken.empty()) return broken;
    if (const std::string broken = broken_time_law(result); !broken.empty()) return broken;
    const std::int64_t each = scenario.simulation.batch_pieces();
    if (options.observer != nullptr && events.events != each * result.events)
      return std::to_string(events.events) + " events told of " + std::to_string(result.events);
    return text_of(numbers_of(result));
  }

  RandomCase one_;
  TemporaryFolder folder_;
};

/// What differs between two ways of running the same; "" where nothing does.
std::string compared(const char* name, const Outcome& expected, const Outcome& actual) {
  std::string text = actual.problem.empty() ? differences(expected.numbers, actual.numbers) : actual.problem + "\n";
  return text.empty() ? "" : std::string("--- ") + name + "\n" + text;
}

constexpr const char* moved[] = {"host_to_device_B", "device_to_host_B", "device_to_device_B"};
constexpr const char* energies[] = {"host_to_device_J", "device_to_host_J", "device_to_device_J", "main_mem_J",
                                    "compute_J"};

std::string compared_values(const std::string& name, double one, double other) {
  if (std::abs(one - other) <= 1e-9 * std::max(std::abs(one), std::abs(other))) return "";
  return name + ": " + number_text(one) + ", " + number_text(other) + "\n";
}

std::string compared_bytes(const char* name, const Outcome& expected, const Outcome& actual) {
  if (!actual.problem.empty()) return std::string("--- ") + name + "\n" + actual.problem + "\n";
  std::string text;
  for (const char* phase : {"prefill ", "decode "})
    for (const char* bytes : moved)
      text += compared_values(std::string(phase) + bytes, expected[std::string(phase) + bytes],
                              actual[std::string(phase) + bytes]);
  return text.empty() ? "" : std::string("--- ") + name + "\n" + text;
}

/// Energies are those of both phases: what decode does while prefill still goes on counts as the clock says.
std::string compared_energies(const char* name, const Outcome& expected, const Outcome& actual) {
  std::string text;
  for (const char* part : energies) {
    const auto sum = [&](const Outcome& of) {
      return of[std::string("prefill ") + part] + of[std::string("decode ") + part];
    };
    text += compared_values(part, sum(expected), sum(actual));
  }
  return text.empty() ? "" : std::string("--- ") + name + "\n" + text;
}

/// How long arithmetic and memory are busy in each phase.
std::string compared_work(const Outcome& expected, const Outcome& actual) {
  std::string text;
  for (const char* phase : {"prefill ", "decode "})
    for (const char* unit : {"compute_s", "mem_transfer_s", "kv_load_s"})
      text += compared_values(std::string(phase) + unit, expected[std::string(phase) + unit],
                              actual[std::string(phase) + unit]);
  return text;
}

/// Parts of a batch do what micro-batches do, in another order.
std::string compared_with_microbatches(const Case& random, const Outcome& interleaved) {
  const std::string option = "interleave";
  std::string how = random.one().schedule;
  const std::size_t at = how.find(option);
  if (at == std::string::npos) return "";
  const Outcome in_turn = random.run(how.replace(at, option.size(), "microbatches"));
  const char* const name = "microbatches and interleave";
  return compared_bytes(name, in_turn, interleaved) + compared_energies(name, in_turn, interleaved) +
         compared_work(in_turn, interleaved);
}

/// What is wrong with a case; "" where nothing is.
std::string broken_law(const Case& random, unsigned seed) {
  const std::string& how = random.one().schedule;
  const Outcome plain = random.run(how + ", segments: false");
  if (!plain.problem.empty()) return plain.problem + "\n";
  const Outcome segments = random.run(how);
  std::string text = compared("segments", plain, segments);
  const Watch watch = std::vector<Watch>{Watch::Events, Watch::Events, Watch::Activities, Watch::Both}[seed % 4];
  text += compared("segments, watched", plain, random.run(how, watch));
  if (seed % 8 == 0) text += compared("pieces, watched", plain, random.run(how + ", segments: false", watch));
  if (random.one().published) return text;
  text += compared_with_microbatches(random, segments);
  text += compared_bytes("with ideal links", plain, random.run(how + ", ideal_links: true"));
  if (const std::size_t at = how.find(", prefetch_weights"); at != std::string::npos) {
    // Where transfers do not slow each other down, and what is cut is the same.
    if (how.find("chunks") == std::string::npos) {
      const Outcome ahead = random.run(how + ", ideal_links: true");
      const Outcome without = random.run(how.substr(0, at) + ", ideal_links: true");
      if (ahead["time_s"] > without["time_s"] * (1 + 1e-12)) text += "--- slower with weights that are fetched ahead\n";
      text += compared_energies("with and without weights that are fetched ahead", without, ahead);
    }
  }
  const auto outcome_of = [&](const char* schedule) { return how == schedule ? segments : random.run(schedule); };
  const Outcome in_order = outcome_of("schedule: sequential");
  const Outcome dataflow = outcome_of("schedule: dataflow");
  text += compared_bytes("sequential and dataflow", in_order, dataflow);
  return text + compared_energies("sequential and dataflow", in_order, dataflow);
}

class RandomRuns : public ::testing::TestWithParam<unsigned> {};

}  // namespace

TEST_P(RandomRuns, AllWaysGiveTheSameNumbers) {
  const unsigned first = from_environment("UPMEM_DES_RANDOM_FIRST", 0);
  const unsigned end = first + from_environment("UPMEM_DES_RANDOM_CASES", 500);
  int cases = 0;
  int refused = 0;
  for (unsigned seed = first + GetParam(); seed < end; seed += tests) {
    const Case random(seed);
    ++cases;
    const std::string refusal = random.refusal();
    if (refusal != "no error") {
      ++refused;
      if (std::getenv("UPMEM_DES_RANDOM_REFUSED") != nullptr) std::printf("seed %u: %s\n", seed, refusal.c_str());
      continue;
    }
    EXPECT_EQ("", broken_law(random, seed)) << "seed " << seed << "\n" << random.one().text();
  }
  std::printf("%d cases, %d of them refused\n", cases, refused);
  EXPECT_LE(refused, cases / 10);
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomRuns, ::testing::Range(0U, tests));

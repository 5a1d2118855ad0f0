/// A scenario: read, written and read again, and checked with everything that it refers to. SimGrid is not started.
#include <algorithm>

#include "fuzz/fuzzing.hpp"
#include "fuzz/machine_checks.hpp"
#include "run/checked_scenario.hpp"
#include "run/input_digest.hpp"
#include "run/prepared_run.hpp"
#include "scenario/scenario_reader.hpp"
#include "scenario/scenario_writer.hpp"

using namespace upmem_des;

namespace {

/// Does it read nothing but the scratch and data folders' files? Others would decide what is found.
bool is_hermetic(const Scenario& scenario) {
  const std::vector<std::string> files = files_of(scenario);
  return std::all_of(files.begin(), files.end(), [](const std::string& file) {
    const bool below = file.compare(0, fuzz::data_path().size(), fuzz::data_path()) == 0 ||
                       file.compare(0, fuzz::scratch_folder().size(), fuzz::scratch_folder()) == 0;
    return below && file.find("..") == std::string::npos;
  });
}

void expect_written_the_same(const Scenario& scenario) {
  const std::string yaml = scenario_yaml(scenario);
  const std::string path = fuzz::scratch_file("written.yaml", yaml);
  Scenario again;
  fuzz::expect_accepted("a scenario that was read", [&] { again = load_scenario(path); });
  fuzz::expect(scenario_yaml(again) == yaml, "a scenario that is written and read again is the same");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string path = fuzz::scratch_file("scenario.yaml", fuzz::text_of(data, size));
  Scenario scenario;
  if (!fuzz::accepts([&] { scenario = load_scenario(path); })) return 0;
  expect_written_the_same(scenario);
  if (!is_hermetic(scenario)) return 0;
  const auto warn = [](const std::string& warning) { fuzz::expect_one_line(warning); };
  fuzz::accepts([&] {
    // What check_scenario() does, with a look at the machine.
    if (scenario.workload.profile) {
      check_scenario(scenario, warn);
      return;
    }
    const PreparedRun prepared(scenario, warn);
    fuzz::expect_sound(prepared.platform());
    input_digest(scenario, prepared.platform());
  });
  return 0;
}

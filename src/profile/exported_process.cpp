#include "profile/exported_process.hpp"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string_view>

#include "json/json_node.hpp"
#include "profile/cpu_name.hpp"
#include "profile/pass_meter.hpp"
#include "profile/rapl.hpp"
#include "upmem_des/trace/jsonl_reader.hpp"
#include "upmem_des/util/data_folder.hpp"
#include "upmem_des/util/error.hpp"
#include "util/child_process.hpp"
#include "util/descriptor_io.hpp"
#include "util/number_text.hpp"
#include "util/regular_file.hpp"

namespace upmem_des {

namespace fs = std::filesystem;

namespace {

/// Where the script finds the ends of pipes, among the descriptors of its process.
constexpr int trace_end = 3;
constexpr int measured_end = 4;
constexpr int reached_end = 5;

/// Looks for the package without loading it, which takes seconds; not in the folder that it runs in.
constexpr const char* probe =
    "import importlib.util, os, sys\n"
    "sys.path = [path for path in sys.path if path]\n"
    "torch = importlib.util.find_spec('torch')\n"
    "where = torch and (torch.submodule_search_locations or [''])[0]\n"
    "sys.exit(3 if not where else 0 if os.path.isdir(os.path.join(where, 'export')) else 4)\n";
constexpr int no_torch = 3;
constexpr int old_torch = 4;

std::string named_end(int descriptor) {
  return "/dev/fd/" + std::to_string(descriptor);
}

/// What a Python lacks; empty where it has torch.export.
std::string lacks(const std::string& python) {
  std::error_code error;
  if (!fs::is_regular_file(python, error)) return "is no file";
  const Descriptor nothing(::open("/dev/null", O_RDWR | O_CLOEXEC));
  ChildNote note;
  int status = 0;
  try {
    const pid_t child = start_child(
        {{python, "-B", "-c", probe}, {{nothing.get(), STDOUT_FILENO}, {nothing.get(), STDERR_FILENO}}}, &note);
    status = wait_for(child, note);
  } catch (const SimulationError&) {
    return "cannot be started";
  }
  if (!WIFEXITED(status)) return end_text(status);
  if (WEXITSTATUS(status) == no_torch) return "has no PyTorch";
  if (WEXITSTATUS(status) == old_torch) return "has a PyTorch without torch.export";
  return WEXITSTATUS(status) == 0 ? "" : "is no Python that runs";
}

/// The first of that name in the folders of the PATH.
std::optional<std::string> on_path(const std::string& name) {
  const char* const path = std::getenv("PATH");
  std::string_view left = path != nullptr ? path : "";
  while (!left.empty()) {
    const std::size_t end = std::min(left.find(':'), left.size());
    const fs::path file = fs::path(left.substr(0, end)) / name;
    std::error_code error;
    if (end > 0 && fs::is_regular_file(file, error) && ::access(file.c_str(), X_OK) == 0) return file.string();
    left.remove_prefix(std::min(end + 1, left.size()));
  }
  return std::nullopt;
}

std::vector<std::string> pythons() {
  if (const char* chosen = std::getenv("UPMEM_DES_PYTHON"); chosen != nullptr && *chosen != '\0') return {chosen};
  std::vector<std::string> all{"/usr/bin/python3"};
  std::error_code error;
  if (const auto other = on_path("python3"); other && !fs::equivalent(*other, all.front(), error))
    all.push_back(*other);
  return all;
}

std::vector<std::string> arguments_of(const ProfileRequest& request, const std::string& script, const Rapl& rapl) {
  const auto& exported = std::get<ExportedRequest>(request.network);
  std::vector<std::string> arguments{exporting_python(), "-B", script, "exported",
                                     fs::absolute(exported.file).string()};
  // In one word: an input may begin with a dash.
  for (const InputValue& input : exported.inputs) arguments.push_back("--input=" + to_string(input));
  arguments.push_back("--repeat=" + std::to_string(exported.repeat));
  arguments.push_back("--warmup=" + std::to_string(exported.warmup));
  arguments.push_back("--seed=" + std::to_string(request.seed));
  if (request.threads > 0) arguments.push_back("--threads=" + std::to_string(request.threads));
  for (const Rapl::Counter& counter : rapl.counters())
    arguments.push_back("--energy-counter=" + std::to_string(counter.range) + ":" + counter.file);
  arguments.insert(arguments.end(), {"--functions=all", "--output=" + named_end(trace_end),
                                     "--measured=" + named_end(measured_end), "--reached=" + named_end(reached_end)});
  return arguments;
}

/// The script's message without the name that it begins with; empty where it said none.
std::string complaint(const std::string& said) {
  constexpr std::string_view beginning = "capture_torch.py: ";
  std::size_t at = said.rfind("\n" + std::string(beginning));
  at = at == std::string::npos ? 0 : at + 1;
  if (said.compare(at, beginning.size(), beginning) != 0) return {};
  std::string line = said.substr(at + beginning.size(), said.find('\n', at) - at - beginning.size());
  constexpr std::string_view kind = "error: ";
  if (line.compare(0, kind.size(), kind) == 0) line.erase(0, kind.size());
  return line;
}

/// " in layer 'head.0' (Linear)", as the script has left it; empty before the network is run.
std::string place_in(const UnnamedFile& reached) {
  std::string text(1024, '\0');
  const ssize_t read = ::pread(reached.descriptor(), text.data(), text.size(), 0);
  text.resize(read > 0 ? std::min(static_cast<std::size_t>(read), text.find('\0')) : 0);
  return text.empty() ? text : " in " + text;
}

[[noreturn]] void report_end(const std::string& file, int status, const std::string& said, const std::string& where) {
  const std::string problem = complaint(said);
  if (!problem.empty() && WIFEXITED(status)) {
    if (WEXITSTATUS(status) == 2) throw InputError(problem);
    throw SimulationError(problem);
  }
  std::string text = file + ": Python " + end_text(status) + where;
  if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) text += ", as Linux does when memory runs out";
  const std::string last = last_line(said);
  throw SimulationError(text + (last.empty() ? "" : "; its last words: " + last));
}

RaplReading reading_of(const JsonNode& counters) {
  RaplReading counted;
  for (const JsonNode& counter : counters.items()) counted.push_back(counter.unsigned_integer());
  return counted;
}

/// "energy_uj" has what each counter has counted, or is null where one could not be read.
ProfileReply reply_of(const std::string& measured, const Rapl& rapl) {
  ProfileReply reply;
  reply.no_energy = rapl.problem();
  try {
    const JsonDocument document(measured, "", "what capture_torch.py has measured", no_lines);
    const JsonNode root = document.root();
    const JsonItems phases = root.at("phases").items();
    if (phases.size() != phase_count)
      root.fail("phases", "a list of " + std::to_string(phases.size()) + "; expected " + std::to_string(phase_count));
    for (std::size_t i = 0; i < phase_count; ++i) {
      const JsonNode told = phases[i];
      MeasuredPhase& phase = reply.phases.at(i);
      phase.time_s = told.at("time_s").any_number();
      phase.passes = told.at("passes").integer();
      if (phase.passes == 0 || !rapl.problem().empty()) continue;
      if (told.at("energy_uj").is_null())
        reply.no_energy = lost_counter;
      else
        phase.energy = rapl.energy_of(reading_of(told.at("energy_uj")));
    }
    if (!reply.no_energy.empty())
      for (MeasuredPhase& phase : reply.phases) phase.energy.reset();
    reply.threads = root.at("threads").integer();
    reply.libtorch = root.at("torch").text();
  } catch (const InputError& error) {
    throw SimulationError(std::string("an answer of capture_torch.py that cannot be read: ") + error.what());
  }
  reply.cpu = cpu_name();
  return reply;
}

void count_events(const UnnamedFile& trace, ProfileReply& reply) {
  JsonlReader reader(trace.path());
  for (LayerEvent event; reader.next(event); ++reply.events) reply.events_s += event.duration_ns.value_or(0) * 1e-9;
}

}  // namespace

std::string exporting_python() {
  std::string problems;
  for (const std::string& python : pythons()) {
    const std::string lacking = lacks(python);
    if (lacking.empty()) return python;
    problems += (problems.empty() ? "" : ", ") + python + " " + lacking;
  }
  throw InputError("an archive of torch.export is run by Python, and " + problems +
                   "; expected PyTorch 2.1 or later in the Python that the variable UPMEM_DES_PYTHON names");
}

std::vector<std::string> exporting_script() {
  std::vector<std::string> files{(fs::path(data_folder()) / "scripts" / "capture_torch.py").string()};
  expect_regular_file(files.front(), "the script that runs archives of torch.export");
  for (const char* folder : {"scripts/basics", "scripts/torch_capture"})
    for (const std::string& file : data_files(folder, ".py")) files.push_back(file);
  return files;
}

ProfileReply run_exported(const ProfileRequest& request, const UnnamedFile& trace, const ProfilerOptions& options) {
  const std::string& network = std::get<ExportedRequest>(request.network).file;
  const Rapl rapl;
  Ends events = make_pipe();
  Ends measured = make_pipe();
  Ends messages = make_pipe();
  const Descriptor nothing(::open("/dev/null", O_WRONLY | O_CLOEXEC));
  const UnnamedFile reached;
  const Descriptor place(::dup(reached.descriptor()));
  ChildNote note;
  const pid_t child = start_child({arguments_of(request, exporting_script().front(), rapl),
                                   {{nothing.get(), STDOUT_FILENO},
                                    {messages.theirs.get(), STDERR_FILENO},
                                    {events.theirs.get(), trace_end},
                                    {measured.theirs.get(), measured_end},
                                    {place.get(), reached_end}}},
                                  &note);
  for (Ends* ends : {&events, &measured, &messages}) ends->theirs.close();
  constexpr std::size_t most_said = 16384;
  constexpr std::size_t most_measured = std::size_t{1} << 20U;
  std::string said;
  std::string numbers;
  bool written = true;
  Ear heard = last_of(messages.ours, said, most_said);
  if (options.verbose)
    heard.hear = [keep = heard.hear](std::string_view more) {
      keep(more);
      write_all(STDERR_FILENO, more);
    };
  const auto write_events = [&](std::string_view more) { written = written && write_all(trace.descriptor(), more); };
  const bool in_time =
      listen({{events.ours, write_events}, last_of(measured.ours, numbers, most_measured), heard}, options.limit_s);
  if (!in_time) ::kill(child, SIGKILL);
  const int status = wait_for(child, note);
  if (!in_time)
    throw SimulationError(network + ": not done after " + number_text(options.limit_s) + " s, the limit; Python ended" +
                          place_in(reached));
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) report_end(network, status, said, place_in(reached));
  if (!written) throw SimulationError(trace.folder() + ": the temporary trace cannot be written");
  ProfileReply reply = reply_of(numbers, rapl);
  count_events(trace, reply);
  return reply;
}

}  // namespace upmem_des

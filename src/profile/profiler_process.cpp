#include "profile/profiler_process.hpp"

#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <filesystem>

#include "profile/exported_process.hpp"
#include "profile/profile_json.hpp"
#include "profile/profiler_channel.hpp"
#include "profile/reached_place.hpp"
#include "upmem_des/model/decoder_config.hpp"
#include "upmem_des/util/data_folder.hpp"
#include "upmem_des/util/error.hpp"
#include "util/child_process.hpp"
#include "util/descriptor_io.hpp"
#include "util/number_text.hpp"
#include "util/regular_file.hpp"
#include "util/scrap.hpp"

namespace upmem_des {

namespace fs = std::filesystem;

namespace {

[[noreturn]] void report_death(const ProfileRequest& request, int status, const std::string& said,
                               const ReachedPlace& place) {
  std::string text = "the profiler " + end_text(status);
  const std::string where = place.text();
  text += (where.empty() ? "" : " ") + where;
  if (is_crash(status) && place.stage() == ReachedPlace::Stage::Reading)
    throw InputError({network_of(request)}, text + "; expected a module that torch.jit.save() has written");
  if (place.stage() == ReachedPlace::Stage::Library) {
    if (is_crash(status))
      throw InputError({place.library()}, text + "; expected a shared library of operators for this libtorch");
    throw SimulationError(place.library() + ": " + text);
  }
  text = network_of(request) + ": " + text;
  if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) text += ", as Linux does when memory runs out";
  const std::string last = last_line(said);
  throw SimulationError(text + (last.empty() ? "" : "; its last words: " + last));
}

/// The profiler knows its trace by the descriptor's name only.
std::string with_folder_of(const UnnamedFile& trace, const std::string& message) {
  const std::string name = "/dev/fd/" + std::to_string(profiler_trace);
  if (message.compare(0, name.size(), name) != 0) return message;
  return trace.folder() + ": the temporary trace" + message.substr(name.size() + 1);
}

[[noreturn]] void report_too_long(const ProfileRequest& request, double limit_s, const ReachedPlace& place) {
  const bool library = place.stage() == ReachedPlace::Stage::Library;
  const std::string where = place.text();
  throw SimulationError((library ? place.library() : network_of(request)) + ": not done after " + number_text(limit_s) +
                        " s, the limit; ended " + (where.empty() ? "before libtorch read anything" : where));
}

}  // namespace

const std::string& network_of(const ProfileRequest& request) {
  if (const auto* script = std::get_if<ScriptRequest>(&request.network)) return script->file;
  if (const auto* exported = std::get_if<ExportedRequest>(&request.network)) return exported->file;
  return std::get<DecoderRequest>(request.network).folder;
}

std::vector<std::string> programs_of(const ProfileRequest& request) {
  if (!std::holds_alternative<ExportedRequest>(request.network)) return {profiler_program()};
  std::vector<std::string> files{exporting_python()};
  for (std::string& file : exporting_script()) files.push_back(std::move(file));
  return files;
}

std::string profiler_program() {
  std::error_code error;
  if (const char* chosen = std::getenv("UPMEM_DES_PROFILER"); chosen != nullptr && *chosen != '\0') {
    if (!fs::is_regular_file(chosen, error))
      throw InputError({"UPMEM_DES_PROFILER"}, std::string(chosen) + " is no file");
    return chosen;
  }
  constexpr const char* name = "upmem-des-profiler";
  const fs::path folder = fs::read_symlink("/proc/self/exe", error).parent_path();
  const fs::path beside = fs::path("libexec/upmem-des") / name;
  const fs::path linked(linked_installation());
  const std::array<fs::path, 5> candidates{folder / name, folder.parent_path() / beside,
                                           linked.empty() ? linked : linked / beside,  // nothing of the current folder
                                           UPMEM_DES_INSTALLED_PROFILER, UPMEM_DES_BUILT_PROFILER};
  for (const fs::path& candidate : candidates)
    if (fs::is_regular_file(candidate, error)) return candidate.string();
  throw InputError(
      "the program upmem-des-profiler was not found, without which nothing can be profiled; expected a build with "
      "UPMEM_DES_PROFILER=ON, which needs libtorch, or the variable UPMEM_DES_PROFILER set to its path");
}

void check_files(const ProfileRequest& request) {
  if (const auto* script = std::get_if<ScriptRequest>(&request.network)) {
    expect_regular_file(script->file, "a TorchScript file");
    for (const std::string& library : script->operator_libraries)
      expect_regular_file(library, "a shared library of operators");
    return;
  }
  if (const auto* exported = std::get_if<ExportedRequest>(&request.network)) {
    expect_regular_file(exported->file, "an archive of torch.export");
    return;
  }
  const auto& decoder = std::get<DecoderRequest>(request.network);
  expect_regular_file(model_config_path(decoder.folder), "a Hugging Face config.json");
  if (!decoder.prompt_ids_file.empty()) expect_regular_file(decoder.prompt_ids_file, "a file of token ids");
}

ProfileReply run_profiler(const ProfileRequest& request, const UnnamedFile& trace, const ProfilerOptions& options) {
  check_files(request);
  if (std::holds_alternative<ExportedRequest>(request.network)) return run_exported(request, trace, options);
  const std::string program = profiler_program();
  Ends socket = make_socket();
  Ends messages = options.verbose ? Ends() : make_pipe();
  const Descriptor file(::dup(trace.descriptor()));
  const SharedPlace place;
  const Descriptor memory(::dup(place.descriptor()));
  ChildNote note;
  // What the network prints must not end up among results.
  const pid_t child = start_child({{program},
                                   {{STDERR_FILENO, STDOUT_FILENO},
                                    {options.verbose ? STDERR_FILENO : messages.theirs.get(), STDERR_FILENO},
                                    {socket.theirs.get(), profiler_socket},
                                    {file.get(), profiler_trace},
                                    {memory.get(), profiler_place}}},
                                  &note);
  socket.theirs.close();
  messages.theirs.close();
  write_all(socket.ours.get(), to_json(request));
  ::shutdown(socket.ours.get(), SHUT_WR);
  constexpr std::size_t most_messages = 4096;
  constexpr std::size_t most_answer = std::size_t{1} << 30U;
  std::string answer;
  std::string said;
  const bool in_time =
      listen({last_of(socket.ours, answer, most_answer), last_of(messages.ours, said, most_messages)}, options.limit_s);
  if (!in_time) ::kill(child, SIGKILL);
  const int status = wait_for(child, note);
  if (!in_time) report_too_long(request, options.limit_s, place.place());
  if (answer.empty() || !WIFEXITED(status)) report_death(request, status, said, place.place());
  const std::string text = answer.substr(1);
  if (answer.front() == input_error_tag) throw InputError(with_folder_of(trace, text));
  if (answer.front() == failure_tag) throw SimulationError(with_folder_of(trace, text));
  return parse_profile_reply(text);
}

}  // namespace upmem_des

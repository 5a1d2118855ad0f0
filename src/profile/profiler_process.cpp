#include "profile/profiler_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <utility>

#include "model/decoder_config.hpp"
#include "profile/profile_json.hpp"
#include "profile/profiler_channel.hpp"
#include "util/descriptor_io.hpp"
#include "util/error.hpp"
#include "util/regular_file.hpp"
#include "util/scrap.hpp"

namespace upmem_des {

namespace fs = std::filesystem;

namespace {

/// Closes a descriptor at the end.
class Descriptor {
 public:
  Descriptor() = default;
  /// Takes `value` over, moved out of the way of the descriptors that the profiler gets.
  explicit Descriptor(int value) : value_(::fcntl(value, F_DUPFD_CLOEXEC, 10)) {
    const int error = errno;
    ::close(value);
    if (value_ < 0) throw SimulationError(std::string("no more files can be opened: ") + std::strerror(error));
  }
  Descriptor(Descriptor&& other) noexcept : value_(std::exchange(other.value_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(value_, other.value_);
    return *this;
  }
  ~Descriptor() { close(); }

  int get() const { return value_; }
  void close() {
    if (value_ >= 0) ::close(value_);
    value_ = -1;
  }

 private:
  int value_ = -1;
};

struct Ends {
  Descriptor ours;
  Descriptor theirs;
};

[[noreturn]] void fail_to_start(const std::string& program, int error) {
  throw SimulationError(program + " cannot be started: " + std::strerror(error));
}

Ends make_socket() {
  std::array<int, 2> both{-1, -1};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, both.data()) != 0) fail_to_start("a socket", errno);
  Ends ends;
  ends.ours = Descriptor(both[0]);
  ends.theirs = Descriptor(both[1]);
  return ends;
}

Ends make_pipe() {
  std::array<int, 2> both{-1, -1};
  if (::pipe2(both.data(), O_CLOEXEC) != 0) fail_to_start("a pipe", errno);
  Ends ends;
  ends.ours = Descriptor(both[0]);
  ends.theirs = Descriptor(both[1]);
  return ends;
}

/// Starts the program with `socket` and `trace` where it looks for them, and `messages` as standard error; `note` is
/// told of it.
pid_t start(const std::string& program, int socket, int trace, int messages, ChildNote& note) {
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawnattr_init(&attributes);
  ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  // What the network prints must not end up among results.
  ::posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, messages, STDERR_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, socket, profiler_socket);
  ::posix_spawn_file_actions_adddup2(&actions, trace, profiler_trace);
  sigset_t signals;
  ::sigemptyset(&signals);
  ::posix_spawnattr_setsigmask(&attributes, &signals);
  ::sigaddset(&signals, SIGPIPE);
  ::posix_spawnattr_setsigdefault(&attributes, &signals);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  std::string name = program;
  const std::array<char*, 2> arguments{name.data(), nullptr};
  pid_t child = -1;
  const SignalsWait wait;
  const int error = ::posix_spawn(&child, program.c_str(), &actions, &attributes, arguments.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  ::posix_spawnattr_destroy(&attributes);
  if (error != 0) fail_to_start(program, error);
  note.note(child);
  return child;
}

/// Adds what can be read to `text`, of which at most `most` bytes are kept, the last ones; false at the end.
bool read_some(int descriptor, std::string& text, std::size_t most) {
  std::array<char, 65536> buffer{};
  const ssize_t count = ::read(descriptor, buffer.data(), buffer.size());
  if (count < 0 && (errno == EINTR || errno == EAGAIN)) return true;
  if (count <= 0) return false;
  text.append(buffer.data(), static_cast<std::size_t>(count));
  if (text.size() > most) text.erase(0, text.size() - most);
  return true;
}

struct Heard {
  std::string answer;
  bool reading = false;  ///< when nothing more came, a file was being read
  std::string messages;  ///< the last of what came on standard error
};

/// Listens to both until the profiler has nothing more to say. `messages` may be none.
Heard listen(Descriptor& answer, Descriptor& messages) {
  constexpr std::size_t most_messages = 4096;
  constexpr std::size_t most_answer = std::size_t{1} << 30U;
  Heard heard;
  while (answer.get() >= 0 || messages.get() >= 0) {
    std::array<pollfd, 2> both{{{answer.get(), POLLIN, 0}, {messages.get(), POLLIN, 0}}};
    if (::poll(both.data(), both.size(), -1) < 0 && errno != EINTR) break;
    if (both[0].revents != 0 && !read_some(answer.get(), heard.answer, most_answer)) answer.close();
    if (both[1].revents != 0 && !read_some(messages.get(), heard.messages, most_messages)) messages.close();
  }
  std::size_t notices = 0;
  for (; notices < heard.answer.size(); ++notices) {
    const char tag = heard.answer[notices];
    if (tag != reading_tag && tag != read_tag) break;
    heard.reading = tag == reading_tag;
  }
  heard.answer.erase(0, notices);
  return heard;
}

int wait_for(pid_t child, ChildNote& note) {
  siginfo_t ended = {};
  while (::waitid(P_PID, static_cast<id_t>(child), &ended, WEXITED | WNOWAIT) < 0 && errno == EINTR) {
  }
  note.forget();  // once it has been waited for, its number may be another's
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return status;
}

std::string last_line(const std::string& text) {
  constexpr std::size_t most = 300;
  const std::size_t end = text.find_last_not_of(" \n\r\t");
  if (end == std::string::npos) return {};
  const std::size_t begin = text.find_last_of('\n', end);
  return text.substr(begin == std::string::npos ? 0 : begin + 1, end - (begin == std::string::npos ? -1 : begin))
      .substr(0, most);
}

const std::string& network_of(const ProfileRequest& request) {
  const auto* script = std::get_if<ScriptRequest>(&request.network);
  return script != nullptr ? script->file : std::get<DecoderRequest>(request.network).folder;
}

/// Signals by which a process ends itself; others come from outside.
bool is_crash(int status) {
  if (!WIFSIGNALED(status)) return false;
  const int signal = WTERMSIG(status);
  return signal == SIGSEGV || signal == SIGABRT || signal == SIGBUS || signal == SIGFPE || signal == SIGILL;
}

[[noreturn]] void report_death(const ProfileRequest& request, int status, const Heard& heard) {
  std::string text = "the profiler ";
  if (WIFSIGNALED(status))
    text += "was ended by signal " + std::to_string(WTERMSIG(status)) + " (" + ::strsignal(WTERMSIG(status)) + ")";
  else
    text += "ended without an answer, exit code " + std::to_string(WEXITSTATUS(status));
  if (heard.reading && is_crash(status))
    throw InputError({network_of(request)},
                     text + " while libtorch read this file; expected a module that torch.jit.save() has written");
  text = network_of(request) + ": " + text;
  if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) text += ", as Linux does when memory runs out";
  const std::string last = last_line(heard.messages);
  throw SimulationError(text + (last.empty() ? "" : "; its last words: " + last));
}

/// The profiler knows its trace by the descriptor's name only.
std::string with_folder_of(const UnnamedFile& trace, const std::string& message) {
  const std::string name = "/dev/fd/" + std::to_string(profiler_trace);
  if (message.compare(0, name.size(), name) != 0) return message;
  return trace.folder() + ": the temporary trace" + message.substr(name.size() + 1);
}

}  // namespace

std::string profiler_program() {
  std::error_code error;
  if (const char* chosen = std::getenv("UPMEM_DES_PROFILER"); chosen != nullptr && *chosen != '\0') {
    if (!fs::is_regular_file(chosen, error))
      throw InputError({"UPMEM_DES_PROFILER"}, std::string(chosen) + " is no file");
    return chosen;
  }
  constexpr const char* name = "upmem-des-profiler";
  const fs::path folder = fs::read_symlink("/proc/self/exe", error).parent_path();
  const std::array<fs::path, 4> candidates{folder / name, folder.parent_path() / "libexec" / "upmem-des" / name,
                                           UPMEM_DES_INSTALLED_PROFILER, UPMEM_DES_BUILT_PROFILER};
  for (const fs::path& candidate : candidates)
    if (fs::is_regular_file(candidate, error)) return candidate.string();
  throw InputError(
      "the program upmem-des-profiler was not found, without which nothing can be profiled; expected a build with "
      "UPMEM_DES_PROFILER=ON, which needs libtorch, or the variable UPMEM_DES_PROFILER set to its path");
}

void check_files(const ProfileRequest& request) {
  if (const auto* script = std::get_if<ScriptRequest>(&request.network))
    return expect_regular_file(script->file, "a TorchScript file");
  const auto& decoder = std::get<DecoderRequest>(request.network);
  expect_regular_file(model_config_path(decoder.folder), "a Hugging Face config.json");
  if (!decoder.prompt_ids_file.empty()) expect_regular_file(decoder.prompt_ids_file, "a file of token ids");
}

ProfileReply run_profiler(const ProfileRequest& request, const UnnamedFile& trace, const ProfilerOptions& options) {
  check_files(request);
  const std::string program = profiler_program();
  Ends socket = make_socket();
  Ends messages = options.verbose ? Ends() : make_pipe();
  const Descriptor file(::dup(trace.descriptor()));
  ChildNote note;
  const pid_t child =
      start(program, socket.theirs.get(), file.get(), options.verbose ? STDERR_FILENO : messages.theirs.get(), note);
  socket.theirs.close();
  messages.theirs.close();
  write_all(socket.ours.get(), to_json(request));
  ::shutdown(socket.ours.get(), SHUT_WR);
  const Heard heard = listen(socket.ours, messages.ours);
  const int status = wait_for(child, note);
  if (heard.answer.empty() || !WIFEXITED(status)) report_death(request, status, heard);
  const std::string text = heard.answer.substr(1);
  if (heard.answer.front() == input_error_tag) throw InputError(with_folder_of(trace, text));
  if (heard.answer.front() == failure_tag) throw SimulationError(with_folder_of(trace, text));
  return parse_profile_reply(text);
}

}  // namespace upmem_des

#include "fuzz/fuzzing.hpp"

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "upmem_des/util/error.hpp"
#include "upmem_des/util/name.hpp"
#include "util/harmless_text.hpp"

namespace fs = std::filesystem;

extern "C" int LLVMFuzzerInitialize(int*, char***) {
  fs::remove_all(FUZZ_SCRATCH);
  fs::create_directories(FUZZ_SCRATCH);
  ::setenv("UPMEM_DES_DATA", FUZZ_DATA, 1);
  // Never started: only run() profiles.
  ::setenv("UPMEM_DES_PROFILER", "/bin/false", 1);
  return 0;
}

namespace upmem_des::fuzz {

namespace {

/// Whether there is no room for further names, which are kept for the life of a process. The message alone does not
/// tell: it may show an input in which the same words stand.
bool names_ran_out(const std::string& message) {
  constexpr std::size_t long_name = 1000;
  static int probes = 0;
  if (message.find("different names") == std::string::npos) return false;
  try {
    Name(std::string(long_name, 'x') + std::to_string(++probes));
    return false;
  } catch (const InputError&) {
    return true;
  }
}

/// At this signal libFuzzer ends well, and scripts/fuzz goes on in a new process.
void start_again() {
#ifdef UPMEM_DES_LIBFUZZER
  std::raise(SIGUSR1);
#endif
}

}  // namespace

std::string scratch_folder() {
  return FUZZ_SCRATCH "/";
}

std::string scratch_path(const std::string& name) {
  // File systems write to the disk at once where a file is cut or replaced, and not where a new one is soon removed.
  std::error_code error;
  fs::remove(scratch_folder() + name, error);
  return scratch_folder() + name;
}

std::string scratch_file(const std::string& name, std::string_view content) {
  const std::string path = scratch_path(name);
  std::ofstream file(path, std::ios::binary);
  file << content;
  file.close();
  expect(file.good(), path + " can be written");
  return path;
}

std::string data_path() {
  return FUZZ_DATA;
}

void fail(const std::string& problem) {
  std::cerr << "finding: " << problem << std::endl;
  std::abort();
}

void expect(bool holds, const std::string& what) {
  if (!holds) fail("not so: " + what);
}

void expect_one_line(const std::string& message) {
  if (message.empty() || one_line(message) != message) fail("a message of no or several lines: \"" + message + "\"");
}

std::string problem_of(const std::function<void()>& read) {
  std::string message;
  try {
    read();
    return message;
  } catch (const InputError& error) {
    message = error.what();
  } catch (const SimulationError& error) {
    message = error.what();
  }
  expect_one_line(message);
  if (names_ran_out(message)) start_again();
  return message;
}

bool accepts(const std::function<void()>& read) {
  return problem_of(read).empty();
}

void expect_accepted(const std::string& what, const std::function<void()>& read) {
  const std::string problem = problem_of(read);
  if (!problem.empty() && !names_ran_out(problem)) fail(what + " is refused: " + problem);
}

}  // namespace upmem_des::fuzz

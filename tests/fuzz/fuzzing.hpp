/// What the fuzz targets share: a folder for files, and what they hold a reader to.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

/// What a target defines, libFuzzer calls for each input, and run_corpus.cpp for each file of the corpus.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

/// Called once before.
extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv);

namespace upmem_des::fuzz {

/// The input as text.
inline std::string text_of(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

/// The target's own folder, made anew when the program starts; ends in a slash.
std::string scratch_folder();

/// The path of a file in it that is not there.
std::string scratch_path(const std::string& name);

/// The path of a file in it with that content.
std::string scratch_file(const std::string& name, std::string_view content);

/// The data folder of the targets, with few and small files.
std::string data_path();

/// Ends the program as a finding.
[[noreturn]] void fail(const std::string& problem);
void expect(bool holds, const std::string& what);

/// A finding unless it can be printed as one line.
void expect_one_line(const std::string& message);

/// Runs `read`. Where it throws InputError or SimulationError that is an answer, too, if its message is one line: it is
/// returned. "" where nothing is thrown. Everything else that is thrown is a finding.
std::string problem_of(const std::function<void()>& read);

/// Whether there is no problem.
bool accepts(const std::function<void()>& read);

/// A finding where there is a problem: of what the program has written itself.
void expect_accepted(const std::string& what, const std::function<void()>& read);

}  // namespace upmem_des::fuzz

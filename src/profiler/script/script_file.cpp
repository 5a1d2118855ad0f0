#include "profiler/script/script_file.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string_view>

#include "profiler/libtorch_message.hpp"
#include "util/error.hpp"

namespace upmem_des {

namespace {

constexpr const char* expected = "; expected a module that torch.jit.save() has written";

/// What libtorch would say less clearly.
void check_file(const std::string& path) {
  namespace fs = std::filesystem;
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (!fs::exists(status)) throw InputError({path}, std::string("no such file") + expected);
  if (fs::is_directory(status)) throw InputError({path}, std::string("a folder") + expected);
  if (!fs::is_regular_file(status)) throw InputError({path}, std::string("no regular file") + expected);
  std::ifstream file(path, std::ios::binary);
  if (!file) throw InputError({path}, std::string("cannot be read: ") + std::strerror(errno));
  std::array<char, 4> start{};
  file.read(start.data(), start.size());
  if (file.gcount() == 0) throw InputError({path}, std::string("an empty file") + expected);
  if (std::string_view(start.data(), start.size()) != std::string_view("PK\3\4", start.size()))
    throw InputError({path}, std::string("no TorchScript") + expected);
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

std::string load_problem(const std::exception& error) {
  const std::string text = error.what();
  const std::string message = libtorch_message(error);
  constexpr std::string_view unknown = "Unknown builtin op: ";
  if (const std::size_t at = text.find(unknown); at != std::string::npos) {
    const std::size_t begin = at + unknown.size();
    std::string name = text.substr(begin, text.find_first_of(" \n", begin) - begin);
    if (!name.empty() && name.back() == '.') name.pop_back();
    return "unknown operator '" + name + "'; expected operators of libtorch " TORCH_VERSION;
  }
  if (contains(text, "central directory")) return std::string("truncated or damaged") + expected;
  if (contains(text, "constants.pkl") || contains(text, "not in a subdirectory"))
    return std::string("a zip file that is no TorchScript") + expected;
  return "no TorchScript that libtorch " TORCH_VERSION " can read: " + message;
}

}  // namespace

torch::jit::Module open_script(const std::string& path) {
  check_file(path);
  try {
    torch::jit::Module module = torch::jit::load(path, torch::kCPU);
    if (module.find_method("forward")) return module;
  } catch (const std::exception& error) {
    throw InputError({path}, load_problem(error));
  }
  throw InputError({path}, "no method 'forward'; expected a module that can be called");
}

}  // namespace upmem_des

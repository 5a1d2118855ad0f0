#include "profiler/script/operator_library.hpp"

#include <dlfcn.h>
#include <link.h>
#include <torch/version.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <string_view>

#include "profiler/libtorch_message.hpp"
#include "upmem_des/util/error.hpp"
#include "util/regular_file.hpp"

namespace upmem_des::profiler {

namespace {

constexpr const char* expected_library =
    "; expected a shared library of operators that was built with libtorch " TORCH_VERSION;

bool mentions(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

bool is_elf(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::array<char, 4> start{};
  file.read(start.data(), start.size());
  return std::string_view(start.data(), static_cast<std::size_t>(file.gcount())) ==
         "\x7f"
         "ELF";
}

/// Whether the linker misses a part of libtorch, by its library's name or a name of its namespaces.
bool misses_libtorch(std::string_view problem) {
  if (mentions(problem, "cannot open shared object file"))
    return problem.substr(0, 8) == "libtorch" || problem.substr(0, 6) == "libc10";
  constexpr std::array<std::string_view, 6> names{"2at", "3c10", "5torch", "5caffe2", "at4_ops", "c10_"};
  return mentions(problem, "undefined symbol") &&
         std::any_of(names.begin(), names.end(), [&](std::string_view name) { return mentions(problem, name); });
}

/// How many libraries of that name this process has.
int count_loaded(std::string_view name) {
  struct Search {
    std::string_view name;
    int found = 0;
  } wanted{name};
  ::dl_iterate_phdr(
      [](dl_phdr_info* info, std::size_t /*size*/, void* data) {
        auto& search = *static_cast<Search*>(data);
        const std::string file = std::filesystem::path(info->dlpi_name).filename().string();
        if (file.compare(0, search.name.size(), search.name) == 0) ++search.found;
        return 0;
      },
      &wanted);
  return wanted.found;
}

/// What the linker says, without the name that errors begin with.
std::string linker_problem(const std::string& path) {
  const char* const said = ::dlerror();
  const std::string text = said != nullptr ? said : "an error without a message";
  return text.compare(0, path.size() + 2, path + ": ") == 0 ? text.substr(path.size() + 2) : text;
}

}  // namespace

void load_operator_library(const std::string& path) {
  expect_regular_file(path, "a shared library of operators");
  if (!is_elf(path)) throw InputError({path}, std::string("no shared library") + expected_library);
  // A name without a folder would be looked for among the system's libraries.
  const std::string file = std::filesystem::absolute(path).string();
  void* library = nullptr;
  try {
    library = ::dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
  } catch (const std::exception& error) {
    throw InputError({path}, "cannot be loaded: " + libtorch_message(error) + expected_library);
  }
  if (library == nullptr) {
    const std::string problem = linker_problem(file);
    throw InputError({path}, (misses_libtorch(problem) ? "for another libtorch: " : "cannot be loaded: ") + problem +
                                 expected_library);
  }
  if (count_loaded("libc10.so") > 1) throw InputError({path}, std::string("loads another libtorch") + expected_library);
}

std::string expected_operator(const std::string& name) {
  const bool torchvision = name.compare(0, 13, "torchvision::") == 0;
  return std::string("; expected ") +
         (torchvision ? "torchvision's library (torchvision/_C.so, built with libtorch " TORCH_VERSION ")"
                      : "one of libtorch " TORCH_VERSION ", or the library that has it") +
         " with --operator-library, in a scenario operator_libraries";
}

}  // namespace upmem_des::profiler

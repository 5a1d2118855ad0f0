#include "profiler/script/load_problem.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "profiler/libtorch_compat.hpp"
#include "profiler/libtorch_message.hpp"
#include "profiler/script/file_operators.hpp"
#include "profiler/script/operator_library.hpp"

namespace upmem_des::profiler {

namespace {

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

/// Records that torch.jit.save() writes since version 2.
bool is_of_torch_2(const ZipArchive& archive) {
  return archive.has("byteorder") || archive.has(".data/serialization_id");
}

/// What libtorch says where a call has arguments that its operators do not take.
bool has_other_arguments(const std::string& text) {
  return contains(text, "Unknown keyword argument") || contains(text, "Arguments for call are not valid") ||
         contains(text, "positional argument");
}

/// Libtorch's message, or what it means where it only tells of libtorch's own surprise; damaged bytes are '?'.
std::string for_users(const std::exception& error) {
  std::string message = libtorch_message(error);
  constexpr std::array<std::string_view, 4> surprises{"INTERNAL ASSERT FAILED",
                                                      "vector::", "basic_string::", "map::at"};
  if (std::any_of(surprises.begin(), surprises.end(),
                  [&message](std::string_view surprise) { return contains(message, surprise); }))
    return "its records do not fit together";
  for (char& c : message)
    if (static_cast<unsigned char>(c) >= 0x80U) c = '?';
  return message;
}

/// What helps, too.
std::string newer_file(const std::string& what_is_unknown, const ZipArchive& archive) {
  const bool certain = libtorch::major_version < 2 && is_of_torch_2(archive);
  return std::string("saved by a newer torch") + (certain ? " (2.0 or later)" : "") + ": " + what_is_unknown +
         "; expected a file saved by torch " + libtorch::short_version +
         " or older, or upmem-des built with a newer libtorch" + libtorch::newer_debian +
         ", whose folder cmake's CMAKE_PREFIX_PATH names";
}

}  // namespace

std::string unknown_operator(const std::exception& error) {
  const std::string text = error.what();
  constexpr std::string_view unknown = "Unknown builtin op: ";
  const std::size_t at = text.find(unknown);
  if (at == std::string::npos) return {};
  const std::size_t begin = at + unknown.size();
  std::string name = text.substr(begin, text.find_first_of(" \n", begin) - begin);
  if (!name.empty() && name.back() == '.') name.pop_back();
  return name;
}

bool is_of_libtorch(const std::string& name) {
  constexpr std::array<std::string_view, 5> domains{"aten::", "prim::", "prims::", "quantized::", "sparse::"};
  return std::any_of(domains.begin(), domains.end(),
                     [&name](std::string_view domain) { return name.compare(0, domain.size(), domain) == 0; });
}

std::string load_problem(const std::exception& error, const ZipArchive& archive) {
  const std::string text = error.what();
  if (const std::string name = unknown_operator(error); !name.empty()) {
    if (is_file_operator(name))
      return "calls '" + name + "', which reads or writes files: refused; expected a network that only computes";
    if (is_of_libtorch(name)) return newer_file("libtorch " TORCH_VERSION " has no operator '" + name + "'", archive);
    return "unknown operator '" + name + "'" + expected_operator(name);
  }
  if (contains(text, "maximum supported version"))
    return newer_file("libtorch " TORCH_VERSION " does not read this version of the format", archive);
  if (libtorch::major_version < 2 && is_of_torch_2(archive) && has_other_arguments(text))
    return newer_file("libtorch " TORCH_VERSION " does not take a call's arguments", archive);
  if (!archive.has("constants.pkl") || !archive.has("data.pkl"))
    return std::string("a zip file that is no TorchScript") + expected_script;
  return "no TorchScript that libtorch " TORCH_VERSION " can read: " + for_users(error) + expected_script;
}

}  // namespace upmem_des::profiler

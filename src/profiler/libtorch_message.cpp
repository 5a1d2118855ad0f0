#include "profiler/libtorch_message.hpp"

#include <c10/util/Exception.h>

#include <string_view>
#include <vector>

namespace upmem_des::profiler {

namespace {

constexpr std::size_t max_length = 500;

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t\r");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1);
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    if (const std::string_view line = trimmed(text.substr(0, end)); !line.empty()) lines.push_back(line);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return lines;
}

bool begins_with(std::string_view text, std::string_view beginning) {
  return text.substr(0, beginning.size()) == beginning;
}

bool ends_with(std::string_view text, std::string_view ending) {
  return text.size() >= ending.size() && text.substr(text.size() - ending.size()) == ending;
}

/// What a trace of TorchScript ends with: the message behind the kind of error. "RuntimeError: …" is any error of
/// libtorch; what else a network raises ("builtins.ValueError: …") keeps its kind.
std::string_view behind_kind(std::string_view line) {
  constexpr std::string_view builtins = "builtins.";
  const std::size_t colon = line.find(": ");
  if (colon == std::string_view::npos || line.substr(0, colon).find(' ') != std::string_view::npos) return {};
  const std::string_view kind = line.substr(0, colon);
  if (kind == "RuntimeError" || kind == "torch.jit.Error") return line.substr(colon + 2);
  if (begins_with(kind, builtins)) return line.substr(builtins.size());
  return ends_with(kind, "Error") || ends_with(kind, "Exception") ? line : std::string_view();
}

/// "[enforce fail at alloc_cpu.cpp:75] err == 0. DefaultCPUAllocator: …" without what only libtorch's authors ask for.
std::string_view without_place(std::string_view line) {
  if (!begins_with(line, "[enforce fail at ")) return line;
  const std::size_t end = line.find(". ");
  return end == std::string_view::npos ? line : line.substr(end + 2);
}

std::string shortened(std::string_view line) {
  return std::string(line.substr(0, max_length));
}

std::string_view telling_line(const std::vector<std::string_view>& lines) {
  for (auto line = lines.rbegin(); line != lines.rend(); ++line)
    if (const std::string_view message = behind_kind(*line); !message.empty()) return message;
  for (const std::string_view line : lines)
    if (!begins_with(line, "The following operation failed") && !begins_with(line, "Traceback ") &&
        !begins_with(line, "File \"") && !begins_with(line, "Exception raised from"))
      return line;
  return "an error without a message";
}

}  // namespace

std::string libtorch_message(const std::exception& error) {
  const auto* const own = dynamic_cast<const c10::Error*>(&error);
  const std::string text = own != nullptr ? own->what_without_backtrace() : error.what();
  return shortened(without_place(telling_line(lines_of(text))));
}

bool is_out_of_memory(const std::string& line) {
  // TorchScript's interpreter leaves no more than the text of what was thrown.
  return line.find("can't allocate memory") != std::string::npos || line.find("std::bad_alloc") != std::string::npos;
}

}  // namespace upmem_des::profiler

#include "upmem_des/util/error.hpp"

#include "util/harmless_text.hpp"

namespace upmem_des {

namespace {

std::string join(const SourceLocation& where, const std::string& key, const std::string& problem) {
  std::string text = where.str();
  if (!key.empty()) text += (text.empty() ? "" : ": ") + key;
  if (!problem.empty()) text += (text.empty() ? "" : ": ") + problem;
  return one_line(text);
}

}  // namespace

std::string SourceLocation::str() const {
  if (file.empty()) return {};
  return line > 0 ? file + ":" + std::to_string(line) : file;
}

InputError::InputError(const std::string& problem) : std::runtime_error(one_line(problem)) {}

InputError::InputError(const SourceLocation& where, const std::string& problem)
    : std::runtime_error(join(where, "", problem)) {}

InputError::InputError(const SourceLocation& where, const std::string& key, const std::string& problem)
    : std::runtime_error(join(where, key, problem)) {}

}  // namespace upmem_des

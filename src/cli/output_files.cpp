#include "cli/output_files.hpp"

#include <algorithm>
#include <filesystem>
#include <set>

#include "cli/commands.hpp"
#include "upmem_des/util/error.hpp"
#include "util/output_file.hpp"

namespace upmem_des {

void check_outputs(const std::vector<std::string>& written, const std::vector<std::string>& read) {
  std::set<std::filesystem::path> targets;
  int to_standard_output = 0;
  for (const std::string& path : written) {
    if (path.empty()) continue;
    if (is_standard_output(path)) {
      if (++to_standard_output > 1) throw InputError({path}, "is named twice; expected one report on standard output");
      continue;
    }
    refuse_overwriting(path, read);
    std::error_code error;
    const bool is_file = !std::filesystem::exists(path, error) || std::filesystem::is_regular_file(path, error);
    const auto target = std::filesystem::weakly_canonical(std::filesystem::absolute(output_target(path), error), error);
    if (is_file && !targets.insert(target).second)
      throw InputError({path}, "is named twice; expected a file of its own for each report");
    // Opening and closing a pipe would send its reader away.
    if (!std::filesystem::is_fifo(path, error)) OutputFile probe(path);
  }
}

bool any_to_standard_output(const std::vector<std::string>& written) {
  return std::any_of(written.begin(), written.end(), is_standard_output);
}

}  // namespace upmem_des

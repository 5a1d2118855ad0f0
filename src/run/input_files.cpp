#include "run/input_files.hpp"

#include <algorithm>
#include <filesystem>

#include "profile/profiler_process.hpp"
#include "upmem_des/util/error.hpp"
#include "util/digest.hpp"
#include "util/file_contents.hpp"

namespace upmem_des {

namespace fs = std::filesystem;

InputFiles::InputFiles(const Scenario& scenario, Extent extent) {
  const Workload& workload = scenario.workload;
  const bool is_profiled_file = workload.profile && workload.model.empty();
  const std::string network = is_profiled_file ? network_of(*workload.profile) : "";
  std::vector<std::string> files = files_of(scenario);
  files.erase(files.begin());  // the scenario itself, which is read once
  if (extent == Extent::WithNetwork)
    for (std::string& file : weights_of(workload)) files.push_back(std::move(file));
  for (const std::string& file : files) {
    const bool is_network = !network.empty() && file == network;
    if (file == workload.trace || (is_network && extent == Extent::WithoutNetwork)) continue;
    std::error_code error;
    if (!fs::is_regular_file(file, error)) continue;
    try {
      digests_.emplace(file, file_digest(file));
    } catch (const InputError&) {
      continue;
    }
  }
}

std::string InputFiles::digest(const std::string& file) const {
  const auto known = digests_.find(file);
  return known != digests_.end() ? known->second : file_digest(file);
}

void InputFiles::expect_same() const {
  for (const auto& [file, digest] : digests_) {
    std::error_code error;
    if (!fs::is_regular_file(file, error) || file_digest(file) != digest) fail_changed(file);
  }
}

std::vector<std::string> weights_of(const Workload& workload) {
  std::vector<std::string> files;
  if (!workload.profile || workload.model.empty()) return files;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(workload.model, error))
    if (entry.path().extension() == ".safetensors") files.push_back(entry.path().string());
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace upmem_des

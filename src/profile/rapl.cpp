#include "profile/rapl.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <set>

#include "upmem_des/util/error.hpp"

namespace upmem_des {

namespace fs = std::filesystem;

namespace {

constexpr double joules_per_uj = 1e-6;
constexpr std::size_t longest_line = 64;  // far more than a 64-bit number or a zone's name takes

/// The first line of a file of the kernel's. Throws InputError, with the reason, where it cannot be read.
std::string first_line(const std::string& file) {
  errno = 0;
  std::ifstream stream(file);
  std::string line(longest_line, '\0');
  if (stream) stream.read(line.data(), static_cast<std::streamsize>(line.size()));
  if (stream.bad() || (stream.gcount() == 0 && errno != 0)) {
    const bool denied = errno == EACCES || errno == EPERM;
    throw InputError({file}, denied ? std::string("permission denied; Linux lets only root read it")
                                    : std::string("cannot be read: ") + std::strerror(errno));
  }
  line.resize(static_cast<std::size_t>(stream.gcount()));
  return line.substr(0, line.find('\n'));
}

std::uint64_t microjoules(const std::string& file) {
  const std::string text = first_line(file);
  std::uint64_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || stop != end)
    throw InputError({file}, "'" + text + "'; expected a whole number of microjoules");
  return value;
}

/// How deep a zone lies: 1 for "intel-rapl:0", 2 for "intel-rapl:0:2", 0 for what is none.
int depth_of(const std::string& zone) {
  constexpr std::string_view prefix = "intel-rapl:";
  if (zone.compare(0, prefix.size(), prefix) != 0) return 0;
  return static_cast<int>(std::count(zone.begin(), zone.end(), ':'));
}

}  // namespace

std::string Rapl::default_folder() {
  const char* chosen = std::getenv("UPMEM_DES_POWERCAP");
  return chosen != nullptr && *chosen != '\0' ? chosen : "/sys/class/powercap";
}

Rapl::Rapl(const std::string& folder) {
  try {
    find_counters(folder);
  } catch (const InputError& error) {
    problem_ = error.what();
    counters_.clear();
  }
}

void Rapl::find_counters(const std::string& folder) {
  std::error_code error;
  if (!fs::is_directory(folder, error))
    throw InputError({folder}, "no such folder; this machine has no energy counters that Linux shows");
  std::set<std::string> zones;  // sorted, so that a package comes before its children
  for (const auto& entry : fs::directory_iterator(folder, error)) zones.insert(entry.path().filename().string());
  std::set<std::string> packages;
  for (const std::string& zone : zones) {
    const int depth = depth_of(zone);
    if (depth != 1 && depth != 2) continue;
    const std::string path = (fs::path(folder) / zone).string();
    const std::string name = first_line(path + "/name");
    const bool dram = depth == 2 && name == "dram" && packages.count(zone.substr(0, zone.rfind(':'))) != 0;
    const bool package = depth == 1 && name.compare(0, 8, "package-") == 0;
    if (package) packages.insert(zone);
    if (!package && !dram) continue;
    const Counter counter{path + "/energy_uj", microjoules(path + "/max_energy_range_uj"), dram};
    microjoules(counter.file);
    counters_.push_back(counter);
  }
  if (counters_.empty()) throw InputError({folder}, "no counter of a CPU's energy; expected one such as intel-rapl:0");
}

RaplReading Rapl::read() const {
  RaplReading reading;
  try {
    for (const Counter& counter : counters_) reading.push_back(microjoules(counter.file));
  } catch (const InputError&) {
    return {};
  }
  return reading;
}

std::optional<CpuEnergy> Rapl::between(const RaplReading& before, const RaplReading& after) const {
  if (counters_.empty() || before.size() != counters_.size() || after.size() != counters_.size()) return std::nullopt;
  RaplReading counted;
  for (std::size_t i = 0; i < counters_.size(); ++i) {
    const std::uint64_t range = counters_[i].range;
    counted.push_back(after[i] < before[i] ? after[i] + range - std::min(range, before[i]) : after[i] - before[i]);
  }
  return energy_of(counted);
}

std::optional<CpuEnergy> Rapl::energy_of(const RaplReading& counted) const {
  if (counters_.empty() || counted.size() != counters_.size()) return std::nullopt;
  CpuEnergy energy;
  for (std::size_t i = 0; i < counters_.size(); ++i)
    (counters_[i].dram ? energy.dram_J : energy.package_J) += joules_per_uj * static_cast<double>(counted[i]);
  return energy;
}

}  // namespace upmem_des

#include "profile_text.hpp"

#include <algorithm>

#include "architecture/architecture_reader.hpp"
#include "support/temporary_folder.hpp"

using namespace upmem_des;
using namespace upmem_des::test;

ProfileText::ProfileText()
    : figures_{{"host_to_device_bw_GBs", "12.8"},
               {"host_to_device_pj_per_bit", "80"},
               {"device_to_host_bw_GBs", "51.2"},
               {"device_to_host_pj_per_bit", "20"},
               {"mem_bw_GBs", "409.6"},
               {"mem_pj_per_bit", "0.95"},
               {"tflops", "20"},
               {"pj_per_tflop", "0.4e+12"}} {}

ProfileText& ProfileText::set(const std::string& key, const std::string& value) {
  const auto found =
      std::find_if(figures_.begin(), figures_.end(), [&](const auto& each) { return each.first == key; });
  if (found != figures_.end())
    found->second = value;
  else
    figures_.emplace_back(key, value);
  return *this;
}

ProfileText& ProfileText::remove(const std::string& key) {
  figures_.erase(std::remove_if(figures_.begin(), figures_.end(), [&](const auto& each) { return each.first == key; }),
                 figures_.end());
  return *this;
}

std::string ProfileText::str(const std::string& name) const {
  std::string text = name + ":\n";
  for (const auto& [key, value] : figures_) text += "  " + key + ": " + value + "\n";
  return text;
}

std::vector<std::string> ProfileText::keys() const {
  std::vector<std::string> all;
  for (const auto& each : figures_) all.push_back(each.first);
  return all;
}

std::string reading_error(const std::string& text) {
  const TemporaryFolder folder;
  const std::string path = folder.write("devices.yaml", text);
  return replaced(input_error([&] { read_architectures(path); }), path, "F");
}

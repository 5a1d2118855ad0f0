#include "unit/cost/device_csv.hpp"

#include <fstream>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <vector>

namespace upmem_des::test {

namespace {

std::vector<std::string> cells(const std::string& line) {
  std::vector<std::string> all;
  std::string cell;
  std::istringstream in(line);
  while (std::getline(in, cell, ',')) all.push_back(cell);
  all.resize(13);  // trailing empty cells
  return all;
}

std::optional<double> scaled(const std::string& cell, double unit) {
  if (cell.empty()) return std::nullopt;
  return std::stod(cell) * unit;
}

}  // namespace

std::map<std::string, Architecture> read_device_csv(const std::string& path) {
  std::ifstream in(path);
  std::string line;
  if (!std::getline(in, line) || line.rfind("name,host_to_device_bw_GBs,", 0) != 0)
    throw std::runtime_error(path + ": no device table");
  std::map<std::string, Architecture> devices;
  while (std::getline(in, line)) {
    const std::vector<std::string> cell = cells(line);
    Architecture device;
    device.name = cell[0];
    device.host_to_device = {std::stod(cell[1]) * 1e9, std::stod(cell[2]) * 8e-12};
    device.device_to_host = {std::stod(cell[3]) * 1e9, std::stod(cell[4]) * 8e-12};
    device.memory = {std::stod(cell[5]) * 1e9, std::stod(cell[6]) * 8e-12};
    device.flops_per_s = std::stod(cell[7]) * 1e12;
    device.flops_per_s_int4 = scaled(cell[8], 1e12);
    device.energy_J_per_flop = std::stod(cell[9]) * 1e-24;  // pJ per TFLOP
    device.softmax_s_per_element = scaled(cell[10], 1e-9);
    device.silu_s_per_element = scaled(cell[11], 1e-9);
    device.rmsnorm_s_per_element = scaled(cell[12], 1e-9);
    devices[device.name] = device;
  }
  return devices;
}

}  // namespace upmem_des::test

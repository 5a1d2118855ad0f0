#include "architecture/architecture_table.hpp"

#include <algorithm>
#include <sstream>

#include "architecture/pim_text.hpp"
#include "upmem_des/util/stated.hpp"
#include "util/harmless_text.hpp"
#include "util/number_text.hpp"
#include "util/text_table.hpp"

namespace upmem_des {

namespace {

constexpr int digits = 6;
constexpr std::size_t line_length = 80;

/// Back from SI: the quotient of two decimal figures is rounded to what the file said.
std::string figure(double value, double unit) {
  return rounded_plain(value / unit, digits);
}

std::string optional_figure(const std::optional<double>& value, double unit) {
  return value ? figure(*value, unit) : "-";
}

/// As short as a column has room for.
std::string energy_cell(const EnergyFigure& energy, double unit) {
  return energy.is_stated() ? figure(energy, unit) : "-";
}

std::string basis_text(ProfileBasis basis) {
  std::string text = name_of(basis);
  std::replace(text.begin(), text.end(), '_', ' ');
  return text;
}

std::optional<double> int4_rate(const Architecture& profile) {
  for (const auto& [format, rate] : profile.flops_per_s_by_format)
    if (format == NumberFormat::int4) return rate;
  return profile.flops_per_s_int4;
}

/// Words in lines of at most `line_length`, but for longer words; none of an empty text.
std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream words(text);
  for (std::string word; words >> word;)
    if (lines.empty() || lines.back().size() + 1 + word.size() > line_length)
      lines.push_back(word);
    else
      lines.back() += " " + word;
  return lines;
}

constexpr double giga = 1e9;
constexpr double tera = 1e12;
constexpr double nano = 1e-9;
constexpr double pj_per_bit = 8e-12;  // J per byte
constexpr double pj_per_flop = 1e-12;

void add_pim(const PimBanks& pim, TextTable& table) {
  const auto row_above = [&](const char* label, double value, double least, const char* unit) {
    if (value > least) table.row({label, rounded_plain(value, digits), unit});
  };
  if (pim.rows_per_weight_pass) table.row({"rows a weight pass", std::to_string(*pim.rows_per_weight_pass), ""});
  row_above("banks", pim.banks, 1, "");
  row_above("", pim.cache_banks, 0, "for the cache of a KV head");
  if (pim.bank_per_output) table.row({"", "1", "for an output of a product"});
  row_above("row of a bank", pim.row_B, 0, "bytes");
  row_above("", pim.row_open_s / nano, 0, "ns to open");
  row_above("", pim.row_open_J / pj_per_flop, 0, "pJ to open");
  row_above("vectors to banks", pim.input_Bps / giga, 0, "GB/s");
  row_above("", pim.input_copies, 1, "copies");
  row_above("results of banks", pim.output_Bps / giga, 0, "GB/s");
  if (!pim.classes.empty()) table.row({"in banks", "", class_list(pim)});
  if (!pim.controller) return;
  table.row({"controller", figure(pim.controller->flops_per_s, tera), "TFLOP/s"});
  row_above("", pim.controller->bandwidth_Bps / giga, 0, "GB/s");
  if (pim.controller->energy_J_per_byte)
    table.row({"", figure(*pim.controller->energy_J_per_byte, pj_per_bit), "pJ/bit"});
  if (pim.controller->is_serial) table.row({"", "", "loads, then computes"});
}

/// A row for each figure that is not nothing, and for what is said to be free.
void add_price(const ItemPrice& price, TextTable& table) {
  const auto amount = [](double value) { return value > 0 ? figure(value, 1) : std::string("free"); };
  bool is_first = true;
  price.for_each_input([&](const std::string& key, const ValueRange& input, const ValueBounds&) {
    const bool is_said = price.price_usd && &input == &*price.price_usd;
    if (input.is_nothing() && !is_said) return;
    const std::string range = amount(input.low) + " to " + amount(input.high);
    table.row({is_first ? "cost" : "", input.is_range() ? range : amount(input.mid), key});
    is_first = false;
  });
}

}  // namespace

std::string architecture_table(const std::vector<Architecture>& profiles) {
  using Align = TextTable::Align;
  TextTable table({Align::Left, Align::Right, Align::Right, Align::Right, Align::Right, Align::Right, Align::Right,
                   Align::Right, Align::Right, Align::Right, Align::Left});
  table.row({"device", "to device", "", "to host", "", "memory", "", "arithmetic", "int4", "energy", "basis"});
  table.row({"", "GB/s", "pJ/bit", "GB/s", "pJ/bit", "GB/s", "pJ/bit", "TFLOP/s", "TFLOP/s", "pJ/FLOP"});
  table.rule();
  for (const Architecture& profile : profiles)
    table.row({profile.name, figure(profile.host_to_device.bandwidth_Bps, giga),
               energy_cell(profile.host_to_device.energy_J_per_byte, pj_per_bit),
               figure(profile.device_to_host.bandwidth_Bps, giga),
               energy_cell(profile.device_to_host.energy_J_per_byte, pj_per_bit),
               figure(profile.memory.bandwidth_Bps, giga), energy_cell(profile.memory.energy_J_per_byte, pj_per_bit),
               figure(profile.flops_per_s, tera), optional_figure(int4_rate(profile), tera),
               energy_cell(profile.energy_J_per_flop, pj_per_flop), basis_text(profile.basis)});
  return table.str();
}

std::string architecture_sheet(const Architecture& profile) {
  using Align = TextTable::Align;
  TextTable table({Align::Left, Align::Right, Align::Left});
  const auto row = [&](const char* label, const std::string& value, const char* unit) {
    table.row({label, value, unit});
  };
  const auto energy = [&](const EnergyFigure& value, double unit_J, const char* unit) {
    row("", value.is_stated() ? figure(value, unit_J) : not_stated_text, unit);
  };
  const auto per_element = [&](const char* label, const std::optional<double>& value) {
    if (value)
      row(label, figure(*value, nano), "ns per element");
    else
      row(label, "-", "not given: from arithmetic and memory (roofline), of one PIM chip (reference)");
  };
  row("host to device", figure(profile.host_to_device.bandwidth_Bps, giga), "GB/s");
  energy(profile.host_to_device.energy_J_per_byte, pj_per_bit, "pJ/bit");
  row("device to host", figure(profile.device_to_host.bandwidth_Bps, giga), "GB/s");
  energy(profile.device_to_host.energy_J_per_byte, pj_per_bit, "pJ/bit");
  row("link latency", figure(profile.link_latency_s, nano), "ns");
  row("memory", figure(profile.memory.bandwidth_Bps, giga), "GB/s");
  energy(profile.memory.energy_J_per_byte, pj_per_bit, "pJ/bit");
  if (profile.memory.energy_J_per_byte.is_stated()) row("", figure(profile.memory.power_W(), 1), "W at full bandwidth");
  row("memory efficiency", figure(profile.memory_efficiency, 1), "of the bandwidth (roofline)");
  if (profile.capacity_B) row("capacity", figure(*profile.capacity_B, giga), "GB");
  row("arithmetic", figure(profile.flops_per_s, tera), "TFLOP/s");
  if (profile.flops_per_s_int4) row("  at int4", figure(*profile.flops_per_s_int4, tera), "TFLOP/s");
  for (const auto& [format, rate] : profile.flops_per_s_by_format)
    row(("  at " + std::string(format.name())).c_str(), figure(rate, tera), "TFLOP/s");
  energy(profile.energy_J_per_flop, pj_per_flop, "pJ/FLOP");
  if (profile.energy_J_per_flop.is_stated())
    row("", figure(profile.flops_per_s * profile.energy_J_per_flop, 1), "W at full rate");
  row("compute efficiency", figure(profile.compute_efficiency, 1), "of the arithmetic (roofline)");
  per_element("softmax", profile.softmax_s_per_element);
  per_element("SiLU", profile.silu_s_per_element);
  per_element("RMSNorm", profile.rmsnorm_s_per_element);
  row("launch overhead", figure(profile.launch_overhead_s, nano), "ns per event (roofline)");
  row("idle power", figure(profile.idle_W, 1), "W");
  if (profile.active_W > 0) row("active power", figure(profile.active_W, 1), "W while it has work");
  if (profile.power_limit_W) row("power limit", figure(*profile.power_limit_W, 1), "W (roofline)");
  row("basis", "", basis_text(profile.basis).c_str());
  const std::vector<std::string> note = lines_of(profile.note);
  for (const std::string& line : note) row(&line == &note.front() ? "note" : "", "", line.c_str());
  if (profile.cores > 1) row("cores", figure(profile.cores, 1), "");
  if (profile.cache_B > 0) row("cache", figure(profile.cache_B, 1e6), "MB");
  if (profile.peer_Bps > 0) row("to other devices", figure(profile.peer_Bps, giga), "GB/s");
  for (const FittedForm& fitted : profile.efficiency.fitted) row("efficiency", "", fitted.title().c_str());
  if (profile.pim) add_pim(*profile.pim, table);
  if (profile.price) add_price(*profile.price, table);
  return one_line(profile.name + " (" + profile.where.str() + ")") + "\n" + table.str(2);
}

}  // namespace upmem_des

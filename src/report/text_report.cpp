#include "report/text_report.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "report/summary_table.hpp"
#include "util/error.hpp"
#include "util/number_text.hpp"
#include "util/text_table.hpp"

namespace upmem_des {

namespace {

class Summary {
 public:
  explicit Summary(const SimulationResult& result)
      : result_(result), prefill_(result.phase(Phase::Prefill)), decode_(result.phase(Phase::Decode)) {}

  std::string text() {
    times();
    tokens();
    energies();
    transfers();
    busy_times();
    return table_.str();
  }

 private:
  void times() {
    table_.quantity("time", result_.time_s, prefill_.time_s, decode_.time_s, "s");
    table_.row({"  share of the time", percent_text(result_.time_s, result_.time_s),
                percent_text(prefill_.time_s, result_.time_s), percent_text(decode_.time_s, result_.time_s), "%"});
  }

  void tokens() {
    const std::int64_t first = result_.generated_tokens() - result_.decode_tokens();
    table_.row({"generated tokens", std::to_string(result_.generated_tokens()), std::to_string(first),
                std::to_string(result_.decode_tokens())});
    table_.row({"tokens/s", "", "", rounded_text(result_.tokens_per_s(), summary_digits)});
  }

  void energies() {
    const auto part = [&](const char* label, double EnergyParts::*value) {
      const double prefill = prefill_.energy.*value;
      const double decode = decode_.energy.*value;
      table_.quantity(label, prefill + decode, prefill, decode, "J");
    };
    table_.empty_row();
    table_.quantity("energy", result_.energy_J(), prefill_.energy.total_J(), decode_.energy.total_J(), "J");
    part("  host to device", &EnergyParts::host_to_device_J);
    part("  device to host", &EnergyParts::device_to_host_J);
    part("  memory", &EnergyParts::main_mem_J);
    part("  compute", &EnergyParts::compute_J);
    if (prefill_.energy.idle_J + decode_.energy.idle_J > 0) part("  idle", &EnergyParts::idle_J);
    table_.decode_only("  per token", result_.energy_per_token_J(), "J");
    table_.quantity("power", result_.power_W(), prefill_.power_W(), decode_.power_W(), "W");
  }

  void transfers() {
    const auto direction = [&](const char* label, double MovedBytes::*value) {
      const double prefill = prefill_.moved.*value;
      const double decode = decode_.moved.*value;
      table_.quantity(label, prefill + decode, prefill, decode, "B");
      const auto tokens = static_cast<double>(result_.decode_tokens());
      table_.decode_only("    per token", tokens > 0 ? decode / tokens : 0, "B");
    };
    table_.empty_row();
    table_.row({"moved"});
    direction("  host to device", &MovedBytes::host_to_device_B);
    direction("  device to host", &MovedBytes::device_to_host_B);
  }

  void busy_times() {
    const auto part = [&](const char* label, double BusyTimes::*value) {
      const double prefill = prefill_.busy.*value;
      const double decode = decode_.busy.*value;
      const Scale scale = scale_for(prefill + decode, "s");
      const auto cell = [&](double busy_s, double elapsed_s) {
        return fmt::format("{} ({:>5} %)", rounded_text(busy_s / scale.factor, summary_digits),
                           percent_text(busy_s, elapsed_s));
      };
      table_.row({label, cell(prefill + decode, result_.time_s), cell(prefill, prefill_.time_s),
                  cell(decode, decode_.time_s), scale.unit});
    };
    table_.empty_row();
    table_.row({"busy (parts overlap)"});
    part("  host to device", &BusyTimes::host_to_device_s);
    part("  device to host", &BusyTimes::device_to_host_s);
    part("  compute", &BusyTimes::compute_s);
    part("  memory", &BusyTimes::mem_transfer_s);
    part("  KV load", &BusyTimes::kv_load_s);
  }

  const SimulationResult& result_;
  const PhaseResult& prefill_;
  const PhaseResult& decode_;
  SummaryTable table_;
};

std::string devices_text(const SimulationResult& result) {
  using Align = TextTable::Align;
  const auto share = [&](double busy_s) {
    return fmt::format("{:.1f}", result.time_s > 0 ? 100 * busy_s / result.time_s : 0);
  };
  TextTable table({Align::Left, Align::Right, Align::Right, Align::Right, Align::Right, Align::Right, Align::Right});
  table.row({"device", "events", "compute", "memory", "to device", "to host", "energy"});
  table.row({"", "", "% busy", "% busy", "% busy", "% busy", "J"});
  table.rule();
  for (const DeviceResult& device : result.devices)
    table.row({device.name, std::to_string(device.events), share(device.busy.compute_s),
               share(device.busy.mem_transfer_s + device.busy.kv_load_s), share(device.busy.host_to_device_s),
               share(device.busy.device_to_host_s), rounded_text(device.energy.total_J(), summary_digits)});
  return table.str();
}

}  // namespace

std::string result_text(const SimulationResult& result) {
  return fmt::format("{}\nsimulated: {}{}, batch {}, cost model {}, {} events in {} forward passes\n\n{}\n{}",
                     one_line(result.scenario), result.model.empty() ? "" : one_line(result.model) + ", ",
                     to_string(result.dtype), result.batch, result.cost_model, result.events, result.forward_passes,
                     Summary(result).text(), devices_text(result));
}

}  // namespace upmem_des

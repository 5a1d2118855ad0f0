#include "upmem_des/report/text_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "report/cost_text.hpp"
#include "report/machine_tables.hpp"
#include "report/run_notes.hpp"
#include "report/summary_table.hpp"
#include "report/time_table.hpp"
#include "report/what_if_table.hpp"
#include "upmem_des/trace/layer_event.hpp"
#include "upmem_des/util/error.hpp"
#include "upmem_des/util/stated.hpp"
#include "util/harmless_text.hpp"
#include "util/number_text.hpp"
#include "util/suggest.hpp"

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
    table_.prefill_only("time to first token (TTFT)", result_.time_to_first_token_s(), "s");
    table_.decode_only("time per output token (TPOT)", decode(result_.time_per_output_token_s()), "s");
  }

  void tokens() {
    const std::int64_t first = result_.generated_tokens() - result_.decode_tokens();
    table_.row({"generated tokens", std::to_string(result_.generated_tokens()), std::to_string(first),
                std::to_string(result_.decode_tokens())});
    const std::optional<double> rate = decode(result_.tokens_per_s());
    table_.row({"tokens/s", "", "", rate ? rounded_text(*rate, summary_digits) : no_value});
  }

  void energies() {
    const auto part = [&](const char* label, double EnergyParts::*value) {
      const double prefill = prefill_.energy.*value;
      const double decode = decode_.energy.*value;
      table_.quantity(label, prefill + decode, prefill, decode, "J");
    };
    table_.empty_row();
    table_.quantity("energy", result_.energy_J(), prefill_.energy.total_J(), decode_.energy.total_J(), "J");
    if (is_stated(result_.energy_J())) {
      part("  host to device", &EnergyParts::host_to_device_J);
      part("  device to host", &EnergyParts::device_to_host_J);
    }
    if (prefill_.energy.device_to_device_J + decode_.energy.device_to_device_J > 0)
      part("  device to device", &EnergyParts::device_to_device_J);
    if (is_stated(result_.energy_J())) {
      part("  memory", &EnergyParts::main_mem_J);
      part("  compute", &EnergyParts::compute_J);
    }
    if (prefill_.energy.active_J + decode_.energy.active_J > 0) part("  active", &EnergyParts::active_J);
    if (prefill_.energy.idle_J + decode_.energy.idle_J > 0) part("  idle", &EnergyParts::idle_J);
    table_.decode_only("  per token of decode", decode(result_.energy_per_token_J()), "J");
    table_.total_only(
        "  per token, prefill included",
        result_.generated_tokens() > 0 ? std::optional(result_.energy_per_generated_token_J()) : std::nullopt, "J");
    table_.quantity("power", result_.power_W(), prefill_.power_W(), decode_.power_W(), "W");
    if (const std::optional<double> peak_W = result_.peak_power_W())
      table_.quantity("  peak", *peak_W, prefill_.peak_power_W.value_or(0), decode_.peak_power_W.value_or(0), "W");
  }

  void transfers() {
    const auto direction = [&](const char* label, double MovedBytes::*value) {
      const double prefill = prefill_.moved.*value;
      const double decode = decode_.moved.*value;
      table_.quantity(label, prefill + decode, prefill, decode, "B");
      const auto tokens = static_cast<double>(result_.decode_tokens());
      table_.decode_only("    per token", tokens > 0 ? std::optional(decode / tokens) : std::nullopt, "B");
    };
    table_.empty_row();
    table_.row({"moved"});
    direction("  host to device", &MovedBytes::host_to_device_B);
    direction("  device to host", &MovedBytes::device_to_host_B);
    if (prefill_.moved.device_to_device_B + decode_.moved.device_to_device_B > 0)
      direction("  device to device", &MovedBytes::device_to_device_B);
  }

  void busy_times() {
    const bool several = accelerators_at_work() > 1;
    const auto part = [&](std::string label, double BusyTimes::*value) {
      const double prefill = prefill_.busy.*value;
      const double decode = decode_.busy.*value;
      // A phase's busy time is the sum over devices.
      const std::int64_t devices = several ? std::max<std::int64_t>(1, devices_with(value)) : 1;
      if (devices > 1) label += fmt::format(", {} devices", devices);
      const Scale scale = scale_for(prefill + decode, "s");
      const auto cell = [&](double busy_s, double elapsed_s) {
        return fmt::format("{} ({:>5} %)", rounded_text(busy_s / scale.factor, summary_digits),
                           percent_text(busy_s, elapsed_s * static_cast<double>(devices)));
      };
      table_.row({label, cell(prefill + decode, result_.time_s), cell(prefill, prefill_.time_s),
                  cell(decode, decode_.time_s), scale.unit});
    };
    table_.empty_row();
    table_.row({several ? "busy (sum, mean share)" : "busy (parts overlap)"});
    part("  host to device", &BusyTimes::host_to_device_s);
    part("  device to host", &BusyTimes::device_to_host_s);
    if (prefill_.busy.device_to_device_s + decode_.busy.device_to_device_s > 0)
      part("  device to device", &BusyTimes::device_to_device_s);
    part("  compute", &BusyTimes::compute_s);
    part("  memory", &BusyTimes::mem_transfer_s);
    part("  KV load", &BusyTimes::kv_load_s);
  }

  /// What is of decode alone; nothing of a run without.
  std::optional<double> decode(double value) const {
    return result_.decode_tokens() > 0 ? std::optional(value) : std::nullopt;
  }

  std::int64_t devices_with(double BusyTimes::*value) const {
    return std::count_if(result_.devices.begin(), result_.devices.end(),
                         [&](const DeviceResult& device) { return device.busy.*value > 0; });
  }

  std::int64_t accelerators_at_work() const {
    if (result_.devices.empty()) return 0;
    return std::count_if(result_.devices.begin() + 1, result_.devices.end(), [](const DeviceResult& device) {
      const BusyTimes& busy = device.busy;
      return busy.compute_s > 0 || busy.mem_transfer_s > 0 || busy.kv_load_s > 0;
    });
  }

  const SimulationResult& result_;
  const PhaseResult& prefill_;
  const PhaseResult& decode_;
  SummaryTable table_;
};

}  // namespace

namespace {

/// Of events without a rule, where there are any.
std::string unknown_line(const SimulationResult::UnknownEvents& unknown) {
  if (unknown.events == 0) return "";
  std::vector<std::string> types;
  for (const std::string& type : unknown.types) types.push_back(one_line(type));
  return fmt::format("without a rule: {} {} of {}; {}\n", unknown.events, unknown.events == 1 ? "event" : "events",
                     listed(types), unknown.handling == "skip" ? "left out" : "their tensors pass through memory once");
}

}  // namespace

std::string result_text(const SimulationResult& result) {
  const std::string schedule =
      result.schedule == "sequential" || result.schedule.empty() ? "" : ", schedule " + one_line(result.schedule);
  std::string tables;
  for (const std::string& table :
       {time_table(result), link_table(result), collective_table(result), what_if_table(result)})
    if (!table.empty()) tables += "\n" + table;
  if (result.cost) tables += "\n" + cost_text(*result.cost);
  const std::string weights =
      result.weight_dtype == result.dtype ? "" : std::string(", weights ") + to_string(result.weight_dtype);
  return fmt::format(
      "{}\nsimulated: {}{}{}, batch {}, cost model {}{}, {} event{} in {} forward pass{}\n{}{}\n{}\n{}{}",
      one_line(result.scenario), result.model.empty() ? "" : one_line(result.model) + ", ", to_string(result.dtype),
      weights, result.batch, result.cost_model, schedule, result.events, result.events == 1 ? "" : "s",
      result.forward_passes, result.forward_passes == 1 ? "" : "es", unknown_line(result.unknown), run_notes(result),
      Summary(result).text(), device_table(result), tables);
}

}  // namespace upmem_des

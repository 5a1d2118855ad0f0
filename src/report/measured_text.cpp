#include <fmt/format.h>

#include <algorithm>

#include "report/measured_run.hpp"
#include "report/summary_table.hpp"
#include "upmem_des/util/error.hpp"
#include "util/harmless_text.hpp"
#include "util/number_text.hpp"

namespace upmem_des {

namespace {

class Summary {
 public:
  explicit Summary(const MeasuredRun& run)
      : run_(run), prefill_(run.phase(Phase::Prefill)), decode_(run.phase(Phase::Decode)) {}

  std::string text() {
    times();
    amounts();
    energies();
    return table_.str();
  }

 private:
  void times() {
    const double time_s = run_.time_s();
    table_.quantity("time", time_s, prefill_.time_s, decode_.time_s, "s");
    table_.row({"  share of the time", percent_text(time_s, time_s), percent_text(prefill_.time_s, time_s),
                percent_text(decode_.time_s, time_s), "%"});
    const Scale scale = scale_for(time_s, "s");
    const auto part = [&](const char* label, double part_s) {
      table_.row({label,
                  fmt::format("{} ({:>5} %)", rounded_text(part_s / scale.factor, summary_digits),
                              percent_text(part_s, time_s)),
                  "", "", scale.unit});
    };
    part("  in events", run_.reply.events_s);
    part("  outside of events", std::max(0.0, time_s - run_.reply.events_s));
  }

  void amounts() {
    const auto counts = [this](const char* label, std::int64_t prefill, std::int64_t decode) {
      table_.row({label, std::to_string(prefill + decode), std::to_string(prefill), std::to_string(decode)});
    };
    counts("forward passes", prefill_.passes, decode_.passes);
    if (!run_.generates_tokens()) {
      table_.row({"passes/s", rounded_text(run_.passes_per_s(), summary_digits)});
      return;
    }
    counts("generated tokens", run_.tokens(Phase::Prefill), run_.tokens(Phase::Decode));
    table_.row({"tokens/s", "", "", rounded_text(run_.tokens_per_s(), summary_digits)});
  }

  void energies() {
    const auto energy = run_.energy();
    if (!energy) return;
    const CpuEnergy prefill = prefill_.energy.value_or(CpuEnergy());
    const CpuEnergy decode = decode_.energy.value_or(CpuEnergy());
    table_.empty_row();
    table_.quantity("CPU energy", energy->total_J(), prefill.total_J(), decode.total_J(), "J");
    table_.quantity("  packages", energy->package_J, prefill.package_J, decode.package_J, "J");
    if (energy->dram_J > 0) table_.quantity("  memory", energy->dram_J, prefill.dram_J, decode.dram_J, "J");
    if (run_.generates_tokens()) {
      const double token_J = finite_ratio(decode.total_J(), static_cast<double>(run_.tokens(Phase::Decode)));
      table_.decode_only("  per token", token_J, "J");
    }
    table_.quantity("CPU power", finite_ratio(energy->total_J(), run_.time_s()),
                    finite_ratio(prefill.total_J(), prefill_.time_s), finite_ratio(decode.total_J(), decode_.time_s),
                    "W");
  }

  const MeasuredRun& run_;
  const MeasuredPhase& prefill_;
  const MeasuredPhase& decode_;
  SummaryTable table_;
};

std::string plural(std::int64_t count, const std::string& one) {
  return std::to_string(count) + " " + one + (count == 1 ? "" : one == "forward pass" ? "es" : "s");
}

std::string no_energy_text(const ProfileReply& reply) {
  return "no CPU energy: " + (reply.no_energy.empty() ? "it was not measured" : one_line(reply.no_energy)) + "\n";
}

}  // namespace

std::string measured_text(const MeasuredRun& run) {
  const ProfileReply& reply = run.reply;
  std::string text =
      fmt::format("measured on {}, {}, libtorch {}\n", reply.cpu.empty() ? "an unknown CPU" : one_line(reply.cpu),
                  plural(reply.threads, "thread"), one_line(reply.libtorch));
  text += fmt::format("{}{}, batch {}{}, {} in {}\n", run.header.model.empty() ? "" : one_line(run.header.model) + ", ",
                      to_string(run.header.dtype), run.header.batch, reply.random_weights ? ", random weights" : "",
                      plural(reply.events, "event"), plural(run.passes(), "forward pass"));
  if (reply.sim_compute) text += "heavy operators were not computed: times, energy and power are not the network's\n";
  text += "\n" + Summary(run).text();
  if (!run.energy()) text += "\n" + no_energy_text(reply);
  return text;
}

}  // namespace upmem_des

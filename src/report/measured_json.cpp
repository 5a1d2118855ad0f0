#include <nlohmann/json.hpp>

#include "report/measured_run.hpp"
#include "util/harmless_text.hpp"

namespace upmem_des {

namespace {

using Json = nlohmann::ordered_json;

Json energy_json(const std::optional<CpuEnergy>& energy) {
  if (!energy) return nullptr;
  return {{"packages", energy->package_J}, {"memory", energy->dram_J}, {"total", energy->total_J()}};
}

Json power_json(const std::optional<CpuEnergy>& energy, double time_s) {
  return energy ? Json(finite_ratio(energy->total_J(), time_s)) : Json(nullptr);
}

Json phase_json(const MeasuredRun& run, Phase which) {
  const MeasuredPhase& phase = run.phase(which);
  return {{"time_s", phase.time_s},
          {"passes", phase.passes},
          {"passes_per_s", finite_ratio(static_cast<double>(phase.passes), phase.time_s)},
          {"tokens", run.generates_tokens() ? Json(run.tokens(which)) : Json(nullptr)},
          {"energy_J", energy_json(phase.energy)},
          {"power_W", power_json(phase.energy, phase.time_s)}};
}

Json decode_json(const MeasuredRun& run) {
  Json decode = phase_json(run, Phase::Decode);
  const std::optional<CpuEnergy>& energy = run.phase(Phase::Decode).energy;
  const bool tokens = run.generates_tokens();
  decode["tokens_per_s"] = tokens ? Json(run.tokens_per_s()) : Json(nullptr);
  decode["energy_per_token_J"] =
      tokens && energy ? Json(finite_ratio(energy->total_J(), static_cast<double>(run.tokens(Phase::Decode))))
                       : Json(nullptr);
  return decode;
}

}  // namespace

std::string measured_json(const MeasuredRun& run) {
  const ProfileReply& reply = run.reply;
  const auto energy = run.energy();
  const bool tokens = run.generates_tokens();
  const Json document{
      {"format", "upmem-des-profile"},
      {"version", 1},
      {"model", run.header.model},
      {"dtype", to_string(run.header.dtype)},
      {"batch", run.header.batch},
      {"cpu", reply.cpu},
      {"threads", reply.threads},
      {"libtorch", reply.libtorch},
      {"sim_compute", reply.sim_compute},
      {"random_weights", reply.random_weights},
      {"time_s", run.time_s()},
      {"energy_J", energy_json(energy)},
      {"power_W", power_json(energy, run.time_s())},
      {"no_energy", energy ? "" : reply.no_energy},
      {"events", reply.events},
      {"events_s", reply.events_s},
      {"coverage", run.coverage()},
      {"forward_passes", run.passes()},
      {"passes_per_s", run.passes_per_s()},
      {"generated_tokens", tokens ? Json(run.tokens(Phase::Prefill) + run.tokens(Phase::Decode)) : Json(nullptr)},
      {"phases", {{"prefill", phase_json(run, Phase::Prefill)}, {"decode", decode_json(run)}}},
      {"token_ids", reply.token_ids},
      {"texts", reply.texts},
      {"warnings", reply.warnings}};
  return harmless_json(document.dump(1, ' ', false, Json::error_handler_t::replace)) + "\n";
}

}  // namespace upmem_des

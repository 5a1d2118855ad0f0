#include "report/served_rows.hpp"

#include <fmt/format.h>

#include <utility>

#include "util/harmless_text.hpp"
#include "util/number_text.hpp"

namespace upmem_des {

ServedRequestRows::ServedRequestRows(Write write, bool is_apart, bool has_tier)
    : write_(std::move(write)), is_apart_(is_apart), has_tier_(has_tier) {
  write_(fmt::format(
      "id,session,instance,arrival_s,scheduled_s,first_token_s,finish_s,prompt_tokens,output_tokens,hit_tokens,"
      "preemptions,ttft_s,tpot_s,e2e_s,queue_s,energy_J,slo_ok,rejected{}{}\n",
      is_apart ? ",decode_instance,transfer_s" : "", has_tier ? ",tier_hit_tokens,fetch_s" : ""));
}

/// Where prefill and decode are apart: which instance generates, and how long the cache was waited for. Where caches
/// have a tier: what was found there, and how long that was waited for.
std::string ServedRequestRows::more(const RequestRecord& request) const {
  const auto time = [](const std::optional<double>& time_s) { return time_s ? number_text(*time_s) : ""; };
  std::string text;
  if (is_apart_)
    text += fmt::format(",{},{}", request.decode_instance ? std::to_string(*request.decode_instance) : "",
                        time(request.transfer_s));
  if (has_tier_)
    text += fmt::format(",{},{}", request.refused.empty() ? std::to_string(request.tier_hit_tokens) : "",
                        time(request.fetch_s));
  return text;
}

void ServedRequestRows::on_request(const RequestRecord& request) {
  const std::string session = request.session < 0 ? "" : std::to_string(request.session);
  if (!request.refused.empty()) {
    write_(fmt::format("{},{},,{},,,,{},0,,,,,,,,,{}{}\n", request.id, session, number_text(request.arrival_s),
                       request.prompt_tokens, csv_cell(request.refused), more(request)));
    return;
  }
  const std::optional<double> tpot_s = request.time_per_output_token_s();
  write_(fmt::format("{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}\n", request.id, session, request.instance,
                     number_text(request.arrival_s), number_text(request.scheduled_s),
                     number_text(request.first_token_s), number_text(request.finish_s), request.prompt_tokens,
                     request.output_tokens, request.hit_tokens, request.preemptions,
                     number_text(request.time_to_first_token_s()), tpot_s ? number_text(*tpot_s) : "",
                     number_text(request.end_to_end_s()), number_text(request.queued_s()),
                     stated_number_text(request.energy_J), request.meets_objectives ? "true" : "false", more(request)));
}

SampleRows::SampleRows(Write write) : write_(std::move(write)) {
  write_("t_s,running,waiting,kv_blocks,prompt_tokens,output_tokens,power_W\n");
}

void SampleRows::on_sample(const ServingSample& sample) {
  write_(fmt::format("{},{},{},{},{},{},{}\n", number_text(sample.end_s), sample.running, sample.waiting,
                     sample.kv_blocks, sample.prompt_tokens, sample.output_tokens, stated_number_text(sample.power_W)));
}

}  // namespace upmem_des

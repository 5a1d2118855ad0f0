#include "report/served_rows.hpp"

#include <fmt/format.h>

#include <utility>

#include "util/harmless_text.hpp"
#include "util/number_text.hpp"

namespace upmem_des {

ServedRequestRows::ServedRequestRows(Write write, bool is_apart) : write_(std::move(write)), is_apart_(is_apart) {
  write_(fmt::format(
      "id,session,instance,arrival_s,scheduled_s,first_token_s,finish_s,prompt_tokens,output_tokens,hit_tokens,"
      "preemptions,ttft_s,tpot_s,e2e_s,queue_s,energy_J,slo_ok,rejected{}\n",
      is_apart ? ",decode_instance,transfer_s" : ""));
}

/// Where prefill and decode are apart: which instance generates, and how long the cache was waited for.
std::string ServedRequestRows::apart(const RequestRecord& request) const {
  if (!is_apart_) return "";
  return fmt::format(",{},{}", request.decode_instance ? std::to_string(*request.decode_instance) : "",
                     request.transfer_s ? number_text(*request.transfer_s) : "");
}

void ServedRequestRows::on_request(const RequestRecord& request) {
  const std::string session = request.session < 0 ? "" : std::to_string(request.session);
  if (!request.refused.empty()) {
    write_(fmt::format("{},{},,{},,,,{},0,,,,,,,,,{}{}\n", request.id, session, number_text(request.arrival_s),
                       request.prompt_tokens, csv_cell(request.refused), apart(request)));
    return;
  }
  const std::optional<double> tpot_s = request.time_per_output_token_s();
  write_(fmt::format("{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}\n", request.id, session, request.instance,
                     number_text(request.arrival_s), number_text(request.scheduled_s),
                     number_text(request.first_token_s), number_text(request.finish_s), request.prompt_tokens,
                     request.output_tokens, request.hit_tokens, request.preemptions,
                     number_text(request.time_to_first_token_s()), tpot_s ? number_text(*tpot_s) : "",
                     number_text(request.end_to_end_s()), number_text(request.queued_s()),
                     number_text(request.energy_J), request.meets_objectives ? "true" : "false", apart(request)));
}

SampleRows::SampleRows(Write write) : write_(std::move(write)) {
  write_("t_s,running,waiting,kv_blocks,prompt_tokens,output_tokens,power_W\n");
}

void SampleRows::on_sample(const ServingSample& sample) {
  write_(fmt::format("{},{},{},{},{},{},{}\n", number_text(sample.end_s), sample.running, sample.waiting,
                     sample.kv_blocks, sample.prompt_tokens, sample.output_tokens, number_text(sample.power_W)));
}

}  // namespace upmem_des

/// How requests are served.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "serving/router.hpp"
#include "serving/scheduler_options.hpp"
#include "util/error.hpp"

namespace upmem_des {

/// What a user is promised; requests that have all of it count towards goodput.
struct ServingObjectives {
  std::optional<double> ttft_s;  ///< time to first token
  std::optional<double> tpot_s;  ///< time per output token
  std::optional<double> e2e_s;   ///< to the last token

  bool any() const { return ttft_s || tpot_s || e2e_s; }
};

struct RouterSection {
  std::string policy = "round_robin";
  RouterOptions options;
  SourceLocation where;
};

struct ServingSection {
  std::string scheduler = "vllm_v1";
  SourceLocation scheduler_where;
  /// As the file says, or by default; kv_blocks is of one instance, 0 where `kv_blocks: auto`.
  SchedulerOptions options;
  std::optional<std::int64_t> max_num_batched_tokens;  ///< none: by the devices' memory
  std::optional<std::int64_t> max_num_seqs;            ///< none: by the devices' memory
  SourceLocation budget_where;      ///< of max_num_batched_tokens, or of max_num_seqs, or of the section
  double memory_utilization = 0.9;  ///< of a device's memory, where blocks follow from that
  double reserve_GB = 1.24;         ///< of that, for activations, graphs and the runtime
  double request_overhead_ms = 0;   ///< from a token's step to whoever asked
  std::int64_t replicas = 1;
  SourceLocation replicas_where;
  RouterSection router;
  ServingObjectives objectives;
  SourceLocation where;
};

}  // namespace upmem_des

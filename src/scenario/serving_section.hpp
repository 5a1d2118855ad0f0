/// How requests are served.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "scenario/mapping_section.hpp"
#include "upmem_des/number/number_format.hpp"
#include "upmem_des/serving/router.hpp"
#include "upmem_des/serving/scheduler_options.hpp"
#include "upmem_des/util/error.hpp"

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

/// Equal instances that only read prompts, or only generate.
struct PoolSection {
  MappingEntry mapping;  ///< devices of all of its instances, as a mapping's default
  std::int64_t replicas = 1;
  SourceLocation replicas_where;
  std::optional<std::int64_t> kv_blocks;               ///< of one instance; none: as serving says
  std::optional<std::int64_t> max_num_batched_tokens;  ///< none: as serving says
  std::optional<std::int64_t> max_num_seqs;            ///< none: as serving says
  SourceLocation where;
};

/// Prompts are read by one pool of instances, whose caches then go to another one that generates.
struct DisaggregationSection {
  PoolSection prefill;
  PoolSection decode;
  std::optional<NumberFormat> kv_dtype;  ///< of caches on their way and of those that generate; none: the workload's
  bool by_layer = true;                  ///< caches go layer by layer while the last ones are computed
  bool decode_gives_first = false;       ///< the first token is put out by the instance that generates
  std::int64_t min_tokens = 16;  ///< prompts with no more tokens to be computed are read where they are continued
  SourceLocation where;
};

/// Tokens are drafted, and verified in one step of the model.
struct SpeculativeSection {
  enum class Method {
    DraftModel,  ///< by a smaller model
    Ngram,       ///< by looking up what is there of the text; nothing is computed on devices
    Heads,       ///< by further layers of the model's own
  };
  Method method = Method::Ngram;
  std::int64_t tokens = 1;              ///< that are drafted after a step
  std::vector<double> acceptance;       ///< one probability for all places, or one for each
  std::string model;                    ///< DraftModel: path as in Workload
  std::int64_t layers = 1;              ///< Heads: how many
  std::optional<MappingEntry> mapping;  ///< DraftModel: devices, as a mapping's default; none: where the model is
  double draft_us = 0;                  ///< what the host does to draft, once after a step
  std::uint64_t seed = 0;               ///< of acceptance
  SourceLocation model_where, layers_where, mapping_where;
  SourceLocation where;

  /// Of each of the `tokens`.
  std::vector<double> acceptances() const {
    return acceptance.size() == 1 ? std::vector<double>(static_cast<std::size_t>(tokens), acceptance.front())
                                  : acceptance;
  }
};
const char* to_string(SpeculativeSection::Method method);

/// A second level of each instance's cache of prefixes, in other memory.
struct CacheTierSection {
  std::string to;  ///< HOST or devices, as written
  SourceLocation to_where;
  std::optional<double> capacity_GB;   ///< of one instance's tier; none, and no blocks: what the memory has room for
  std::optional<std::int64_t> blocks;  ///< the same in blocks
  bool takes_evicted = false;          ///< blocks go there when they are evicted, and not as soon as they are full
  SourceLocation size_where;           ///< of capacity_GB or blocks, or of the section
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
  std::optional<DisaggregationSection> disaggregation;
  std::optional<SpeculativeSection> speculative;  ///< `options` say what of it schedulers have to know
  std::optional<CacheTierSection> cache_tier;
  ServingObjectives objectives;
  SourceLocation where;
};

}  // namespace upmem_des

#include "upmem_des/serving/scheduler_registry.hpp"

#include <algorithm>
#include <utility>

#include "serving/schedulers/orca.hpp"
#include "serving/schedulers/priority.hpp"
#include "serving/schedulers/sarathi.hpp"
#include "serving/schedulers/shortest_first.hpp"
#include "serving/schedulers/static.hpp"
#include "serving/schedulers/vllm_v0.hpp"
#include "serving/schedulers/vllm_v1.hpp"
#include "upmem_des/util/error.hpp"
#include "util/suggest.hpp"

namespace upmem_des {

namespace {

template <class Kind>
std::unique_ptr<Scheduler> made(const SchedulerOptions& options) {
  return std::make_unique<Kind>(options);
}

std::vector<SchedulerKind>& kinds() {
  static std::vector<SchedulerKind> all{
      {"vllm_v1", "continuous batching with chunked prefill, as vLLM since 1", made<VllmV1>, true},
      {"vllm_v0", "prompts before tokens, as vLLM before 1", made<VllmV0>},
      {"sarathi", "tokens before chunks of prompts, as Sarathi-Serve", made<Sarathi>},
      {"orca", "whole prompts beside tokens, a seat for a request, as Orca", made<Orca>},
      {"static", "a batch after the other, padded", made<StaticBatches>},
      {"priority", "vllm_v1 by priority", made<PriorityV1>, true},
      {"shortest_first", "vllm_v1 by length", made<ShortestFirst>, true},
  };
  return all;
}

}  // namespace

void register_scheduler(SchedulerKind kind) {
  const auto same =
      std::find_if(kinds().begin(), kinds().end(), [&](const SchedulerKind& known) { return known.name == kind.name; });
  if (same != kinds().end())
    *same = std::move(kind);
  else
    kinds().push_back(std::move(kind));
}

const std::vector<SchedulerKind>& scheduler_kinds() {
  return kinds();
}

std::vector<std::string> draft_scheduler_names() {
  std::vector<std::string> names;
  for (const SchedulerKind& kind : kinds())
    if (kind.takes_drafts) names.push_back(kind.name);
  return names;
}

std::unique_ptr<Scheduler> make_scheduler(const std::string& name, const SchedulerOptions& options) {
  std::vector<std::string> names;
  for (const SchedulerKind& kind : kinds()) {
    if (kind.name == name && options.draft_tokens > 0 && !kind.takes_drafts)
      throw InputError("scheduler '" + name + "' verifies no drafts; expected one of " +
                       listed(draft_scheduler_names()));
    if (kind.name == name) return kind.make(options);
    names.push_back(kind.name);
  }
  throw InputError("unknown scheduler '" + name + "'; expected one of " + listed(names) + did_you_mean(name, names));
}

}  // namespace upmem_des

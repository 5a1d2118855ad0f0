#include "service/step_sizes.hpp"

#include <algorithm>
#include <tuple>

#include "service/step_calls_maker.hpp"
#include "upmem_des/util/error.hpp"

namespace upmem_des {

namespace {

/// Sequences whose caches have so many rows stand for all others of the same sizes.
constexpr std::int64_t usual_rows = 1009;

}  // namespace

StepSizes StepSizes::of(const std::vector<Slice>& slices, const std::vector<std::size_t>& part_ends) {
  StepSizes sizes;
  sizes.has_prompts = StepCallsMaker::has_prompts(slices);
  std::size_t at = 0;
  for (std::size_t i = 0; i < std::max<std::size_t>(1, part_ends.size()); ++i) {
    Part& part = sizes.parts.emplace_back();
    for (const std::size_t end = part_ends.empty() ? slices.size() : part_ends[i]; at < end; ++at) {
      part.rows += slices[at].sequences * slices[at].new_rows;
      part.sequences += slices[at].sequences;
      part.sampled += slices[at].sequences * slices[at].logit_rows;
    }
    if (part.sequences == 0) throw SimulationError("a step of no sequences has no cost");
  }
  return sizes;
}

bool StepSizes::has_drafts() const {
  return std::any_of(parts.begin(), parts.end(), [](const Part& part) { return part.sampled > part.sequences; });
}

StepSlices StepSizes::usual_slices() const {
  StepSlices step;
  SequenceId next = 0;
  for (const Part& part : parts) {
    step.slices.push_back(
        {next, 1, part.rows - part.sequences + 1, has_prompts ? 0 : usual_rows, part.sampled - part.sequences + 1});
    if (part.sequences > 1) step.slices.push_back({next + 1, part.sequences - 1, 1, usual_rows});
    next += part.sequences;
    if (parts.size() > 1) step.part_ends.push_back(step.slices.size());
  }
  return step;
}

bool operator<(const StepSizes& a, const StepSizes& b) {
  if (a.has_prompts != b.has_prompts) return a.has_prompts < b.has_prompts;
  return std::lexicographical_compare(a.parts.begin(), a.parts.end(), b.parts.begin(), b.parts.end(),
                                      [](const StepSizes::Part& one, const StepSizes::Part& other) {
                                        return std::tie(one.rows, one.sequences, one.sampled) <
                                               std::tie(other.rows, other.sequences, other.sampled);
                                      });
}

}  // namespace upmem_des

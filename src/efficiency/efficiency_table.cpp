#include "upmem_des/efficiency/efficiency_table.hpp"

#include <algorithm>
#include <cstring>

namespace upmem_des {

namespace {

/// How near a figure for `said` is to `format`; 0: it says nothing of it.
int nearness(const std::optional<NumberFormat>& said, NumberFormat format) {
  if (!said) return 1;
  if (*said == format) return 4;
  if (*said == format.arithmetic()) return 3;
  const auto is_half = [](NumberFormat one) { return one == NumberFormat::float16 || one == NumberFormat::bfloat16; };
  return is_half(*said) && is_half(format.arithmetic()) ? 2 : 0;
}

/// Was attention of prompts measured beside decodes?
bool has_decode_rows(const FittedForm& fitted) {
  const std::vector<FormParameter>& parameters = fitted.form->parameters();
  for (std::size_t i = 0; i < parameters.size(); ++i)
    if (std::strcmp(parameters[i].key, "decode_rows") == 0) return fitted.values[i] != parameters[i].ideal;
  return false;
}

AttentionSizes prompts_of(AttentionSizes sizes) {
  sizes.bytes -= sizes.decode_bytes;
  sizes.longest = sizes.longest_prompt;
  sizes.decodes = sizes.decode_rows = sizes.decode_flop = sizes.decode_bytes = sizes.longest_decode = 0;
  return sizes;
}

AttentionSizes decodes_of(AttentionSizes sizes) {
  sizes.bytes = sizes.decode_bytes;
  sizes.longest = sizes.longest_decode;
  sizes.prompts = sizes.flop = sizes.tiles = sizes.grouped_tiles = sizes.longest_prompt = 0;
  return sizes;
}

/// What is left of a launch when what it waits for before is taken off.
double work_s(const KernelTime& time) {
  return time.total_s() - time.overhead_s;
}

/// One after the other in one launch.
KernelTime one_launch(const KernelTime& first, const KernelTime& second) {
  KernelTime both;
  both.compute_s = first.compute_s + second.compute_s;
  both.memory_s = first.memory_s + second.memory_s;
  both.overhead_s = std::max(first.overhead_s, second.overhead_s) + work_s(first) + work_s(second) - work_s(both);
  return both;
}

}  // namespace

const FittedForm* EfficiencyTable::find(const KernelSizes& sizes, NumberFormat format) const {
  const FittedForm* best = nullptr;
  int nearest = 0;
  for (const FittedForm& one : fitted) {
    const int near = nearness(one.format, format);
    if (near <= nearest || !one.form->serves(sizes)) continue;
    best = &one;
    nearest = near;
  }
  return best;
}

std::optional<KernelTime> EfficiencyTable::time(const KernelSizes& sizes, NumberFormat format,
                                                const DeviceRates& rates) const {
  const FittedForm* const own = find(sizes, format);
  if (own == nullptr) return std::nullopt;
  const KernelTime together = own->time(sizes, rates);
  const auto* attention = std::get_if<AttentionSizes>(&sizes);
  if (attention == nullptr || attention->prompts == 0 || attention->decodes == 0 || has_decode_rows(*own))
    return together;
  const AttentionSizes decodes = decodes_of(*attention);
  const FittedForm* const of_decodes = find(decodes, format);
  if (of_decodes == nullptr) return together;
  const KernelTime least = of_decodes->time(decodes, rates);
  const KernelTime most = one_launch(own->time(prompts_of(*attention), rates), least);
  if (together.total_s() >= most.total_s()) return most;
  return together.total_s() > least.total_s() ? together : least;
}

}  // namespace upmem_des

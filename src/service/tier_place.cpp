#include "service/tier_place.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <string>

#include "platform/device_names.hpp"
#include "upmem_des/util/error.hpp"
#include "util/number_text.hpp"

namespace upmem_des {

namespace {

constexpr double most_blocks = 1e9;  // more are never used

std::string GB(double bytes) {
  return rounded_text(bytes / 1e9, 6) + " GB";
}

/// What of a store's memory one instance's tier may take; none where nobody knows.
std::optional<double> room_B(const PreparedRun& run, DeviceIndex store, const TierSizes& sizes) {
  const std::optional<double>& capacity_B = run.platform().devices[store].architecture.capacity_B;
  if (!capacity_B) return std::nullopt;
  const double of_each_B = store == host_device ? *capacity_B / static_cast<double>(sizes.replicas) : *capacity_B;
  return std::max(0.0, of_each_B - run.held()[store].total_B() - sizes.draft.weights_on_B(store));
}

/// Blocks that the section asks for; none where it leaves that to the memory.
std::optional<double> asked_blocks(const CacheTierSection& section, double block_B, std::int64_t block_tokens) {
  if (section.blocks) return static_cast<double>(*section.blocks);
  if (!section.capacity_GB) return std::nullopt;
  // Rounding does not cost a block.
  const double blocks = std::floor(*section.capacity_GB * 1e9 / block_B * (1 + 1e-12));
  if (blocks < 1)
    throw InputError(section.size_where, "serving.cache_tier.capacity_GB",
                     "is " + number_text(*section.capacity_GB) + ", less than a block of " +
                         std::to_string(block_tokens) + " tokens has, " + number_text(block_B / 1e9) +
                         "; expected at least that");
  return blocks;
}

std::int64_t tier_blocks(const CacheTierSection& section, const PreparedRun& run, const TierSizes& sizes,
                         const TierPlace& place) {
  const double block_B = place.all_block_B();
  const auto stores = static_cast<double>(place.stores.size());
  const std::optional<double> asked = asked_blocks(section, block_B, sizes.block_tokens);
  double most = most_blocks;
  for (const DeviceIndex store : place.stores) {
    const std::string& name = run.platform().devices[store].name;
    const std::optional<double> free_B = room_B(run, store, sizes);
    if (!free_B) {
      if (!asked)
        throw InputError(section.where, "serving.cache_tier",
                         name + " does not say how much it holds; expected capacity_GB or blocks");
      continue;
    }
    const double fit = std::floor(*free_B * stores / block_B * (1 + 1e-12));
    if (fit < asked.value_or(1)) {
      const std::string each = sizes.replicas > 1 && store == host_device
                                   ? " for each of " + std::to_string(sizes.replicas) + " instances"
                                   : "";
      throw InputError(section.size_where, "serving.cache_tier",
                       GB(asked.value_or(1) * block_B / stores) + " of it are to be in " + name +
                           ", which has room for " + GB(*free_B) + each + "; expected at most " + number_text(fit) +
                           " blocks, " + GB(fit * block_B) + ", in all");
    }
    most = std::min(most, fit);
  }
  return static_cast<std::int64_t>(std::min(asked.value_or(most), most_blocks));
}

}  // namespace

double TierPlace::all_block_B() const {
  double sum_B = 0;
  for (const auto& of_device : block_B) sum_B += of_device.second;
  return sum_B;
}

std::vector<SentShare> TierPlace::to_tier(double count) const {
  std::vector<SentShare> shares;
  for (const auto& [device, bytes] : block_B)
    for (const DeviceIndex store : stores)
      shares.push_back({device, store, count * bytes / static_cast<double>(stores.size())});
  return shares;
}

std::vector<SentShare> TierPlace::from_tier(double count) const {
  std::vector<SentShare> shares = to_tier(count);
  for (SentShare& share : shares) std::swap(share.from, share.to);
  return shares;
}

TierPlace place_tier(const CacheTierSection& section, const PreparedRun& run, const TierSizes& sizes) {
  if (run.scenario().offload.kv_cache)
    throw InputError(section.where, "serving.cache_tier",
                     "does not go with offload.kv_cache, which keeps caches elsewhere that are in use; expected one of "
                     "them");
  TierPlace place;
  place.stores = resolve_devices(run.platform(), section.to, section.to_where, "serving.cache_tier.to");
  for (DeviceIndex device = 0; device < run.held().size(); ++device) {
    const double held_B = run.held()[device].kv_cache_B + sizes.draft.cache_on_B(device);
    if (held_B <= 0) continue;
    if (std::find(place.stores.begin(), place.stores.end(), device) != place.stores.end())
      throw InputError(section.to_where, "serving.cache_tier.to",
                       run.platform().devices[device].name +
                           " has the caches themselves; expected HOST, or devices that attention does not run on");
    place.block_B.emplace_back(
        device, held_B / static_cast<double>(sizes.surveyed_tokens) * static_cast<double>(sizes.block_tokens));
  }
  if (place.block_B.empty())
    throw InputError(section.where, "serving.cache_tier",
                     "the model keeps no KV cache that grows with its tokens; expected one with attention, or no tier");
  place.blocks = tier_blocks(section, run, sizes, place);
  return place;
}

}  // namespace upmem_des

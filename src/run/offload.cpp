#include "run/offload.hpp"

#include <algorithm>
#include <string>

#include "platform/device_names.hpp"
#include "upmem_des/util/error.hpp"

namespace upmem_des {

Offload::Offload(const OffloadSection& section, const PlatformSpec& platform, const CostModel& model,
                 std::size_t streams)
    : platform_(platform),
      streams_(static_cast<double>(streams)),
      weights_{"offload.weights", &HeldBytes::weights_B, &HeldBytes::largest_weights_B, section.weights, {}},
      kv_cache_{"offload.kv_cache", &HeldBytes::kv_cache_B, &HeldBytes::largest_cache_B, section.kv_cache, {}} {
  for (Kind* kind : {&weights_, &kv_cache_}) {
    if (!kind->entry) continue;
    if (model.transfer_rules() == TransferRules::Published)
      throw InputError(kind->entry->where, "offload",
                       "without meaning under cost model " + model.name() +
                           ", which moves tensors as published; expected another cost model");
    kind->stores = resolve_devices(platform, kind->entry->to, kind->entry->where, kind->key);
  }
}

/// Devices take the stores in turn, HOST the first. A store has its own.
Offload::Away Offload::stores_of(const Kind& kind, const std::vector<HeldBytes>& held) const {
  Away away(platform_.devices.size());
  std::size_t others = 0;
  bool is_needed = false, is_possible = false;
  for (DeviceIndex device = 0; device < away.size(); ++device) {
    const bool is_store = std::find(kind.stores.begin(), kind.stores.end(), device) != kind.stores.end();
    const bool holds_some = held[device].*kind.bytes > 0;
    is_needed = is_needed || holds_some;
    is_possible = is_possible || (holds_some && !is_store);
    away[device].store = is_store ? device : kind.stores[others % kind.stores.size()];
    if (!is_store && device != host_device) ++others;
  }
  if (is_needed && !is_possible)
    throw InputError(
        kind.entry->where, kind.key,
        "'" + kind.entry->to +
            "' would keep its own, and nobody else has any; expected other devices than those that use it");
  return away;
}

/// The bytes that are kept elsewhere leave `held`, where room for their streams comes; no store has them yet. A share s
/// frees s · (all − streams · largest).
void Offload::decide(const Kind& kind, Away& away, std::vector<HeldBytes>& held) const {
  for (DeviceIndex device = 0; device < away.size(); ++device) {
    double& bytes = held[device].*kind.bytes;
    if (away[device].store == device || bytes <= 0) continue;
    double share = kind.entry->share.value_or(0);
    const std::optional<double>& capacity_B = platform_.devices[device].architecture.capacity_B;
    const double room_B = streams_ * held[device].*kind.largest;
    if (!kind.entry->share && capacity_B) {
      const double missing_B = std::max(0.0, held[device].total_B() - *capacity_B);
      // Where the streams take as much room as all of it, nothing is gained.
      const double gained_B = bytes - room_B;
      share = gained_B > 0 ? std::min(1.0, missing_B / gained_B) : 0;
    }
    away[device].share = share;
    bytes *= 1 - share;
    held[device].streams_B += share * room_B;
  }
}

OffloadRules Offload::place(const StorageOptions& storage, std::vector<HeldBytes>& held) const {
  OffloadRules rules;
  rules.storage = storage;
  const std::vector<HeldBytes> before = held;
  std::vector<std::pair<const Kind*, Away*>> kinds;
  // Shares that are given first, then the fewest bytes that are missing: of caches, which are read in decode only.
  for (const bool is_given : {true, false})
    for (const auto& [kind, away] : {std::pair{&kv_cache_, &rules.kv_cache}, std::pair{&weights_, &rules.weights}}) {
      if (!kind->entry || kind->entry->share.has_value() != is_given) continue;
      *away = stores_of(*kind, before);
      decide(*kind, *away, held);
      kinds.emplace_back(kind, away);
    }
  for (const auto& [kind, away] : kinds)
    for (DeviceIndex device = 0; device < away->size(); ++device) {
      const double bytes = (*away)[device].share * (before[device].*kind->bytes);
      HeldBytes& store = held[(*away)[device].store];
      store.*kind->bytes += bytes;
      store.stored_B += bytes;
    }
  return rules;
}

}  // namespace upmem_des

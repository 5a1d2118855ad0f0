#include "service/tier_traffic.hpp"

#include <algorithm>
#include <utility>

#include "upmem_des/serving/kv_tier.hpp"

namespace upmem_des {

TierTraffic::TierTraffic(std::vector<std::unique_ptr<Engine>>& engines, const PlatformSpec& instance, TierPlace place,
                         const std::vector<InstancePlace>& placements, MachineWindows& windows, bool ideal_links,
                         const CacheTransfers::TellPower& tell_power)
    : engines_(engines), place_(std::move(place)) {
  for (const InstancePlace& placement : placements)
    instances_.emplace_back(instance, windows, ideal_links, placement.links, tell_power);
  store_J_ = instances_.front().transfers.energy_J(place_.to_tier(1));
  fetch_J_ = instances_.front().transfers.energy_J(place_.from_tier(1));
  for (const auto& engine : engines_) engine->charge_stores(store_J_);
}

void TierTraffic::after_ends(double now_s) {
  for (std::size_t i = 0; i < engines_.size(); ++i) {
    if (std::vector<BlockStore> full = engines_[i]->take_full(); !full.empty())
      store(i, {std::move(full), false, {}, now_s}, now_s);
    instances_[i].transfers.happen(now_s, [&](std::size_t transfer) { arrived(i, transfer, now_s); });
  }
}

void TierTraffic::after_plan(std::size_t engine, double now_s) {
  std::vector<BlockStore> displaced = engines_[engine]->take_displaced();
  std::vector<std::uint32_t> fetches = engines_[engine]->take_fetching();
  if (!displaced.empty())
    store(engine, {std::move(displaced), engines_[engine]->holds_step(), std::move(fetches), now_s}, now_s);
  else
    for (const std::uint32_t slot : fetches) fetch(engine, slot, now_s, now_s);
}

void TierTraffic::store(std::size_t engine, Job job, double now_s) {
  Instance& instance = instances_[engine];
  stored_ += static_cast<std::int64_t>(job.stores.size());
  const auto shares = place_.to_tier(static_cast<double>(job.stores.size()));
  instance.jobs.emplace(instance.transfers.begin(shares, 0, now_s, now_s), std::move(job));
}

void TierTraffic::fetch(std::size_t engine, std::uint32_t slot, double since_s, double now_s) {
  Instance& instance = instances_[engine];
  const auto blocks = static_cast<double>(engines_[engine]->scheduler().request(slot).coming_blocks);
  fetched_ += static_cast<std::int64_t>(blocks);
  engines_[engine]->draw_transfer(slot, blocks * fetch_J_);
  instance.jobs.emplace(instance.transfers.begin(place_.from_tier(blocks), 0, now_s, now_s),
                        Job{{}, false, {slot}, since_s});
}

void TierTraffic::arrived(std::size_t engine, std::size_t transfer, double now_s) {
  const auto at = instances_[engine].jobs.find(transfer);
  const Job job = std::move(at->second);
  instances_[engine].jobs.erase(at);
  if (job.stores.empty()) {
    times_s_.push_back(now_s - job.since_s);
    engines_[engine]->fetched_from_tier(job.fetches.front(), now_s, times_s_.back());
    return;
  }
  engines_[engine]->stored(job.stores, now_s);
  for (const std::uint32_t slot : job.fetches) fetch(engine, slot, job.since_s, now_s);
  if (job.holds_step) engines_[engine]->go_on();
}

double TierTraffic::next_s() const {
  double next_s = std::numeric_limits<double>::infinity();
  for (const Instance& instance : instances_) next_s = std::min(next_s, instance.transfers.next_s());
  return next_s;
}

void TierTraffic::draw(double to_s) {
  for (Instance& instance : instances_) instance.transfers.draw(to_s);
}

bool TierTraffic::is_idle() const {
  return std::all_of(instances_.begin(), instances_.end(),
                     [](const Instance& instance) { return instance.transfers.under_way() == 0; });
}

void TierTraffic::fill(ServingResult::Tier& result) const {
  result.is_there = true;
  for (const auto& engine : engines_) {
    const KvTier& tier = *engine->scheduler().tier();
    result.blocks += tier.capacity();
    // A block makes room for another one only.
    result.peak_blocks += tier.peak();
    result.evicted_blocks += tier.evicted();
    result.refused_blocks += tier.not_stored();
    result.hit_tokens += engine->scheduler().counts().tier_hit_tokens;
  }
  result.block_B = place_.all_block_B();
  result.stored_blocks = stored_;
  result.fetched_blocks = fetched_;
  result.store_J = static_cast<double>(stored_) * store_J_;
  result.fetch_J = static_cast<double>(fetched_) * fetch_J_;
  result.fetch_s = spread_of(times_s_);
}

}  // namespace upmem_des

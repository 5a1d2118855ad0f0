#include "service/handover.hpp"

#include <algorithm>

namespace upmem_des {

Handover::Handover(std::vector<std::unique_ptr<Engine>>& engines, std::unique_ptr<Router> prefill_router,
                   std::unique_ptr<Router> decode_router, CacheTransfers& transfers, Options options)
    : engines_(engines),
      prefill_router_(std::move(prefill_router)),
      decode_router_(std::move(decode_router)),
      transfers_(transfers),
      options_(std::move(options)),
      promised_(options_.decode_devices.size()) {}

std::string Handover::arrive(Request request, const std::vector<EngineLoad>& loads, double now_s) {
  const auto first_decode = loads.begin() + static_cast<std::ptrdiff_t>(readers());
  const std::vector<EngineLoad> reading(loads.begin(), first_decode);
  std::vector<EngineLoad> generating(first_decode, loads.end());
  for (std::size_t i = 0; i < generating.size(); ++i) generating[i].waiting += promised_[i];
  const std::size_t prefill = prefill_router_->choose(
      request, reading, [&](std::size_t i) { return engines_[i]->cached_tokens(request); }, now_s);
  const std::size_t chosen = decode_router_->choose(
      request, generating, [&](std::size_t i) { return engines_[readers() + i]->cached_tokens(request); }, now_s);
  const std::size_t decode = readers() + chosen;
  if (std::string why = engines_[decode]->refusal(request); !why.empty()) return why;
  Request read = request;
  read.output_tokens = 1;
  if (std::string why = engines_[prefill]->refusal(read); !why.empty()) return why;
  if (request.prompt_tokens - engines_[decode]->cached_tokens(request) <= options_.min_tokens) {
    engines_[decode]->add(std::move(request), now_s);
    return "";
  }
  // Where one token is all, there is nothing to be continued.
  if (request.output_tokens == 1 && !options_.decode_gives_first) {
    engines_[prefill]->add(std::move(request), now_s);
    return "";
  }
  Moving moving;
  moving.request = request;
  moving.prefill = prefill;
  moving.decode = decode;
  moving.prefill_slot = engines_[prefill]->add_leaving(std::move(request), now_s);
  reading_[{prefill, moving.prefill_slot}] = next_;
  moving_.emplace(next_++, std::move(moving));
  ++promised_[chosen];
  return "";
}

/// The instance that generates is asked for blocks.
void Handover::come(Moving& moving, std::size_t number, double now_s) {
  --promised_[moving.decode - readers()];
  ServedRequest so_far = engines_[moving.prefill]->so_far(moving.prefill_slot);
  moving.decode_slot = engines_[moving.decode]->add_coming(std::move(moving.request), std::move(so_far),
                                                           options_.decode_gives_first ? 0 : 1, now_s);
  coming_[{moving.decode, moving.decode_slot}] = number;
}

void Handover::after_ends(double now_s) {
  for (std::size_t engine = 0; engine < readers(); ++engine)
    for (const std::uint32_t slot : engines_[engine]->take_left()) {
      const auto at = reading_.find({engine, slot});
      const std::size_t number = at->second;
      reading_.erase(at);
      Moving& moving = moving_.at(number);
      moving.left_s = now_s;
      if (!options_.by_layer) {
        moving.first_s = moving.last_s = now_s;
        come(moving, number, now_s);
      }
      if (!options_.decode_gives_first) engines_[moving.decode]->give_token(moving.decode_slot, now_s);
    }
  transfers_.happen(now_s, [&](std::size_t transfer) { arrived(transfer, now_s); });
}

void Handover::after_plan(std::size_t engine, double now_s) {
  if (engine >= readers()) {
    for (const std::uint32_t slot : engines_[engine]->take_fetching()) {
      const auto at = coming_.find({engine, slot});
      const std::size_t number = at->second;
      coming_.erase(at);
      send(number, now_s);
    }
    return;
  }
  for (const Engine::Leaving& leaving : engines_[engine]->take_leaving()) {
    if (!options_.by_layer) continue;
    const std::size_t number = reading_.at({engine, leaving.slot});
    Moving& moving = moving_.at(number);
    moving.first_s = leaving.start_s + (leaving.end_s - leaving.start_s) / static_cast<double>(options_.layers);
    moving.last_s = leaving.end_s;
    come(moving, number, now_s);
  }
}

void Handover::send(std::size_t number, double now_s) {
  Moving& moving = moving_.at(number);
  Engine& decode = *engines_[moving.decode];
  const LiveRequest& request = decode.scheduler().request(moving.decode_slot);
  const auto tokens = static_cast<double>(request.request.prompt_tokens - request.hit_tokens);
  const std::vector<DeviceIndex>& senders = options_.prefill_devices[moving.prefill];
  std::vector<SentShare> shares;
  for (const auto& [device, token_B] : options_.decode_devices[moving.decode - readers()])
    for (const DeviceIndex sender : senders) {
      shares.push_back({sender, device, tokens * token_B / static_cast<double>(senders.size())});
      bytes_ += shares.back().bytes;
    }
  const double energy_J = moving.energy_J = transfers_.energy_J(shares);
  moving.sent_s = std::max(now_s, moving.first_s);
  energy_J_ += energy_J;
  decode.draw_transfer(moving.decode_slot, energy_J);
  const auto layers = static_cast<double>(options_.layers);
  const double first_share = now_s < moving.last_s ? (layers - 1) / layers : 0;
  transferred_[transfers_.begin(shares, first_share, std::max(now_s, moving.first_s), std::max(now_s, moving.last_s))] =
      number;
}

void Handover::arrived(std::size_t transfer, double now_s) {
  const auto at = transferred_.find(transfer);
  const auto moved = moving_.find(at->second);
  transferred_.erase(at);
  const Moving& moving = moved->second;
  times_s_.push_back(now_s - moving.left_s);
  if (options_.course != nullptr) options_.course->transfer(moving.decode, moving.sent_s, now_s, moving.energy_J);
  engines_[moving.decode]->fetched(moving.decode_slot, now_s, times_s_.back());
  engines_[moving.prefill]->release_kept(moving.prefill_slot, now_s);
  moving_.erase(moved);
}

void Handover::fill(ServingResult::Transfers& result) const {
  result.is_apart = true;
  result.count = static_cast<std::int64_t>(times_s_.size());
  result.bytes = bytes_;
  result.energy_J = energy_J_;
  result.time_s = spread_of(times_s_);
}

}  // namespace upmem_des

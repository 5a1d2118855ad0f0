#include "plan/tasks/kv_caches.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "plan/tasks/rows_between.hpp"
#include "upmem_des/trace/recognise.hpp"

namespace upmem_des {

bool KvPlace::same_as(const KvPlace& other) const {
  if (devices != other.devices || heads != other.heads) return false;
  return std::equal(holds.begin(), holds.end(), other.holds.begin(), other.holds.end(),
                    [](const Hold& a, const Hold& b) {
                      return a.first_head == b.first_head && a.end_head == b.end_head && a.first_row == b.first_row &&
                             a.end_row == b.end_row;
                    });
}

KvPlace kv_place(const LayerEvent& event, const Spread& spread, std::optional<std::int64_t> key_value_heads) {
  KvPlace place;
  place.devices = spread.devices;
  const operation::Attention& attention = *attention_of(event);
  // A latent row serves all heads.
  place.heads = attention.latent_width > 0 ? 1 : key_value_heads.value_or(event.input_shape.from_end(2));
  const std::size_t n = spread.devices.size();
  const Proportions rows = spread.rows();
  const std::size_t size = n / spread.groups();
  const std::int64_t batch = std::max<std::int64_t>(1, event.output_shape[0]);
  const auto share = [&](std::size_t group) {
    return static_cast<double>(rows.begin(batch, group)) / static_cast<double>(batch);
  };
  for (std::size_t i = 0; i < n; ++i) {
    const std::size_t sequences = i / size / spread.context;
    KvPlace::Hold hold{0, place.heads, share(sequences), share(sequences + 1)};
    if (spread.context > 1) {
      // Rows of each sequence; as shares of all rows they follow each other.
      const Proportions tokens = spread.tokens(sequences);
      const double all = hold.end_row - hold.first_row;
      double before = 0;
      for (std::size_t j = 0; j < i / size % spread.context; ++j) before += tokens.share(j);
      hold.first_row += all * before;
      hold.end_row = hold.first_row + all * tokens.share(i / size % spread.context);
    }
    if (size > 1) {
      const HeadRange range =
          head_range(event.output_shape.from_end(2), place.heads, i % size, spread.within(i / size));
      hold.first_head = range.first_kv;
      hold.end_head = range.end_kv;
    }
    place.holds.push_back(hold);
  }
  return place;
}

/// Takes the rows of some sequences out; what is left of a cache that has others, too, stays.
KvCaches::Caches KvCaches::taken_out(Caches& caches, SequenceId first, SequenceId end) {
  Caches taken, left;
  for (Cache& cache : caches) {
    const Rows all = cache.rows;
    const auto part = [&](SequenceId from, SequenceId to, Caches& into) {
      if (from >= to) return;
      Cache& some = into.emplace_back(cache);
      some.rows = {from, to, all.bytes * static_cast<double>(to - from) / static_cast<double>(all.end - all.first)};
    };
    part(all.first, std::min(all.end, first), left);
    part(std::max(all.first, first), std::min(all.end, end), taken);
    part(std::max(all.first, end), all.end, left);
  }
  caches = std::move(left);
  return taken;
}

void KvCaches::add(Caches& caches, Cache cache) {
  const auto place = std::find_if(caches.begin(), caches.end(),
                                  [&](const Cache& other) { return other.rows.first >= cache.rows.end; });
  caches.insert(place, std::move(cache));
}

void KvCaches::put(std::int64_t layer, const std::vector<Rows>& rows, const KvPlace& place,
                   const std::vector<Pieces>& pieces) {
  Caches& caches = caches_[layer];
  for (const Rows& some : rows) {
    taken_out(caches, some.first, some.end);
    if (some.bytes > 0) add(caches, {some, place, pieces});
  }
}

void KvCaches::free(SequenceId sequence) {
  for (auto& [layer, caches] : caches_) taken_out(caches, sequence, sequence + 1);
}

std::vector<Pieces> KvCaches::bring(std::int64_t layer, const std::vector<Rows>& rows, const KvPlace& to) {
  const auto found = caches_.find(layer);
  if (found == caches_.end()) return {};
  Caches& caches = found->second;
  // What lies at one place, and is complete at the same time, moves at once.
  Caches moving;
  for (const Rows& some : rows)
    for (Cache& cache : taken_out(caches, some.first, some.end)) {
      if (cache.place.same_as(to)) {
        add(caches, std::move(cache));
        continue;
      }
      const double share =
          static_cast<double>(cache.rows.end - cache.rows.first) / static_cast<double>(some.end - some.first);
      const double bytes = std::min(some.bytes * share, cache.rows.bytes);
      const auto beside = std::find_if(moving.begin(), moving.end(), [&](const Cache& other) {
        return other.place.same_as(cache.place) && other.pieces == cache.pieces;
      });
      if (beside != moving.end())
        beside->rows.bytes += bytes;
      else
        moving.push_back({{0, 0, bytes}, cache.place, cache.pieces});
      cache.place = to;
      cache.pieces.clear();
      add(caches, std::move(cache));
    }
  if (moving.empty()) return {};
  std::vector<std::vector<Pieces>> by_device(to.devices.size());
  for (const Cache& cache : moving) {
    const std::vector<Pieces> arrived = move(cache, to, cache.rows.bytes);
    for (std::size_t i = 0; i < arrived.size(); ++i) by_device[i].push_back(arrived[i]);
  }
  std::vector<Pieces> all;
  for (const std::vector<Pieces>& arrived : by_device)
    all.push_back(arrived.size() == 1 ? arrived.front() : transfers_.tasks().together(arrived));
  for (Cache& cache : caches)
    if (cache.pieces.empty()) cache.pieces = all;
  return all;
}

namespace {

bool have_the_same_rows(const KvPlace::Hold& one, const KvPlace::Hold& other) {
  return one.first_row == other.first_row && one.end_row == other.end_row;
}

/// What of a cache has been sent to the host, from where several devices fetch what they share.
struct OnHost {
  std::int64_t end_head = 0;  ///< heads up to here have been sent
  Pieces pieces;              ///< after which they are there
};

}  // namespace

std::vector<Pieces> KvCaches::move(const Cache& cache, const KvPlace& to, double bytes) {
  const double head_bytes = bytes / static_cast<double>(to.heads);
  std::vector<Pieces> arrived;
  std::vector<OnHost> on_host(cache.place.devices.size());
  for (std::size_t j = 0; j < to.devices.size(); ++j) {
    std::vector<Pieces> parts;
    const KvPlace::Hold& wanted = to.holds[j];
    std::int64_t head = wanted.first_head;
    // Devices of other rows fetch rows of their own.
    if (j > 0 && !have_the_same_rows(wanted, to.holds[j - 1])) on_host.assign(on_host.size(), {});
    // A head of the same rows that several devices hold is sent by the first of them.
    for (std::size_t i = 0; i < cache.place.devices.size(); ++i) {
      const KvPlace::Hold& held = cache.place.holds[i];
      if (i > 0 && !have_the_same_rows(held, cache.place.holds[i - 1])) head = wanted.first_head;
      const std::int64_t first = std::max(head, held.first_head);
      const std::int64_t end = std::min(wanted.end_head, held.end_head);
      const double share = std::min(held.end_row, wanted.end_row) - std::max(held.first_row, wanted.first_row);
      if (end <= first || share < least_share_of_rows) continue;
      const DeviceIndex from = cache.place.devices[i];
      const auto send = [&](DeviceIndex source, DeviceIndex target, std::int64_t heads, const Pieces& after) {
        return transfers_.send_whole(source, target, static_cast<double>(heads) * head_bytes * share, after,
                                     "KV cache");
      };
      // By way of the host a head goes up once, however many devices want it.
      const bool is_by_host =
          from != host_device && from != to.devices[j] &&
          !transfers_.goes_direct(from, to.devices[j], static_cast<double>(end - first) * head_bytes * share);
      if (is_by_host) {
        OnHost& sent = on_host[i];
        const std::int64_t fresh = std::max(first, sent.end_head);
        if (end > fresh) {
          Pieces up = send(from, host_device, end - fresh, cache.pieces[i]);
          sent.pieces = fresh > first ? transfers_.tasks().together({sent.pieces, up}) : std::move(up);
          sent.end_head = end;
        }
        parts.push_back(send(host_device, to.devices[j], end - first, sent.pieces));
      } else {
        parts.push_back(send(from, to.devices[j], end - first, cache.pieces[i]));
      }
      head = end;
    }
    arrived.push_back(transfers_.tasks().together(parts));
  }
  return arrived;
}

void KvCaches::describe(const std::vector<Slice>* slices, std::vector<std::int64_t>& state) const {
  for (const auto& [layer, caches] : caches_) {
    state.push_back(layer);
    const KvPlace* latest = nullptr;
    for (const Cache& cache : caches) {
      const auto has_rows = [&](const Slice& slice) {
        return slice.first < cache.rows.end && cache.rows.first < slice.first + slice.sequences;
      };
      if (slices != nullptr && std::none_of(slices->begin(), slices->end(), has_rows)) continue;
      if (latest == nullptr || !latest->same_as(cache.place)) describe(cache.place, state);
      latest = &cache.place;
    }
  }
}

void KvCaches::describe(const KvPlace& place, std::vector<std::int64_t>& state) {
  const auto share = [](double of_rows) { return static_cast<std::int64_t>(std::llround(of_rows * 1e15)); };
  state.push_back(place.heads);
  for (const DeviceIndex device : place.devices) state.push_back(static_cast<std::int64_t>(device));
  for (const KvPlace::Hold& hold : place.holds)
    state.insert(state.end(), {hold.first_head, hold.end_head, share(hold.first_row), share(hold.end_row)});
}

}  // namespace upmem_des

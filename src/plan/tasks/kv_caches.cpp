#include "plan/tasks/kv_caches.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "trace/recognise.hpp"

namespace upmem_des {

bool KvPlace::same_as(const KvPlace& other) const {
  if (devices != other.devices || heads != other.heads) return false;
  return std::equal(holds.begin(), holds.end(), other.holds.begin(), other.holds.end(),
                    [](const Hold& a, const Hold& b) {
                      return a.first_head == b.first_head && a.end_head == b.end_head && a.first_row == b.first_row &&
                             a.end_row == b.end_row;
                    });
}

KvPlace kv_place(const LayerEvent& event, const std::vector<DeviceIndex>& devices, Split split,
                 std::optional<std::int64_t> key_value_heads) {
  KvPlace place;
  place.devices = devices;
  const operation::Attention& attention = *attention_of(event);
  // A latent row serves all heads.
  place.heads = attention.latent_width > 0 ? 1 : key_value_heads.value_or(event.input_shape.from_end(2));
  const std::size_t n = devices.size();
  place.is_by_rows = n > 1 && split == Split::Replicas;
  const std::vector<double> shares = place.is_by_rows ? split_rows(event, n).shares : std::vector<double>();
  double row = 0;
  for (std::size_t i = 0; i < n; ++i) {
    KvPlace::Hold hold{0, place.heads, 0, 1};
    if (place.is_by_rows) {
      hold.first_row = row;
      hold.end_row = row += shares[i];
    } else if (n > 1) {
      const HeadRange range = head_range(event.output_shape.from_end(2), place.heads, i, n);
      hold.first_head = range.first_kv;
      hold.end_head = range.end_kv;
    }
    place.holds.push_back(hold);
  }
  return place;
}

void KvCaches::put(std::pair<std::int64_t, std::int64_t> which, KvPlace place, std::vector<Pieces> pieces,
                   double bytes) {
  caches_[which] = {std::move(place), std::move(pieces), bytes};
}

namespace {

/// What of a cache has been sent to the host, from where several devices fetch what they share.
struct OnHost {
  std::int64_t end_head = 0;  ///< heads up to here have been sent
  Pieces pieces;              ///< after which they are there
};

}  // namespace

std::vector<Pieces> KvCaches::bring(std::pair<std::int64_t, std::int64_t> which, const KvPlace& to, double bytes) {
  const auto found = caches_.find(which);
  if (found == caches_.end() || found->second.place.same_as(to)) return {};
  Cache& cache = found->second;
  const double moved_bytes = std::min(bytes, cache.bytes);
  const double head_bytes = moved_bytes / static_cast<double>(to.heads);
  std::vector<Pieces> arrived;
  std::vector<OnHost> on_host(cache.place.devices.size());
  for (std::size_t j = 0; j < to.devices.size(); ++j) {
    std::vector<Pieces> parts;
    std::int64_t head = to.holds[j].first_head;
    // A head that several devices hold is sent by the first of them.
    for (std::size_t i = 0; i < cache.place.devices.size(); ++i) {
      const KvPlace::Hold& held = cache.place.holds[i];
      const KvPlace::Hold& wanted = to.holds[j];
      // Of rows every device has its own, and all heads of these.
      const std::int64_t first = cache.place.is_by_rows ? wanted.first_head : std::max(head, held.first_head);
      const std::int64_t end = std::min(wanted.end_head, held.end_head);
      const double share = std::min(held.end_row, wanted.end_row) - std::max(held.first_row, wanted.first_row);
      if (end <= first || share <= 0) continue;
      const DeviceIndex from = cache.place.devices[i];
      const auto send = [&](DeviceIndex source, DeviceIndex target, std::int64_t heads, const Pieces& after) {
        return transfers_.send_whole(source, target, static_cast<double>(heads) * head_bytes * share, after,
                                     "KV cache");
      };
      // By way of the host a head goes up once, however many devices want it; of rows every device wants its own.
      const bool is_by_host =
          from != host_device && from != to.devices[j] && !transfers_.routes().find(from, to.devices[j]).has_value();
      if (is_by_host && !to.is_by_rows) {
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
  cache.place = to;
  cache.pieces = arrived;
  return arrived;
}

void KvCaches::describe(std::vector<std::int64_t>& state) const {
  const auto share = [](double of_rows) { return static_cast<std::int64_t>(std::llround(of_rows * 1e15)); };
  for (const auto& [which, cache] : caches_) {
    state.insert(state.end(), {which.first, which.second, cache.place.heads});
    for (const DeviceIndex device : cache.place.devices) state.push_back(static_cast<std::int64_t>(device));
    for (const KvPlace::Hold& hold : cache.place.holds)
      state.insert(state.end(), {hold.first_head, hold.end_head, share(hold.first_row), share(hold.end_row)});
  }
}

}  // namespace upmem_des

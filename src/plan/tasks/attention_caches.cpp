#include "plan/tasks/attention_caches.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include "plan/tasks/demand_pieces.hpp"
#include "plan/tasks/step_pieces.hpp"
#include "upmem_des/trace/recognise.hpp"

namespace upmem_des {

/// Whose rows an event of attention reads, and how many bytes these are: of a micro-batch, or of each slice.
std::vector<KvCaches::Rows> AttentionCaches::rows_of(const Turn& turn, const LayerEvent& event) const {
  const Architecture& host = rules_.platform.devices[host_device].architecture;
  const auto bytes_of = [&](const LayerEvent& some) {
    return kv_bytes_of(rules_.model.cost(some, host, turn.placed.state));
  };
  std::vector<KvCaches::Rows> rows;
  if (event.slices == nullptr) rows.push_back({turn.microbatch, turn.microbatch + 1, bytes_of(event)});
  // Rows of an encoder are not told apart.
  const bool is_cross = attention_of(event)->is_cross;
  for (std::size_t i = 0; event.slices != nullptr && i < event.slices->size(); ++i) {
    const Slice& slice = (*event.slices)[i];
    LayerEvent alone = event;
    alone.slices = std::make_shared<const std::vector<Slice>>(1, slice);
    alone.output_shape[event.output_shape.rank() - 2] = slice.sequences * slice.new_rows;
    if (!is_cross) alone.input_shape[event.input_shape.rank() - 2] = slice.sequences * slice.rows();
    rows.push_back({slice.first, slice.first + slice.sequences, bytes_of(alone)});
  }
  return rows;
}

std::vector<AttentionCaches::Place> AttentionCaches::places(const Turn& turn, const Spread& spread) const {
  std::vector<Place> all;
  if (!shares_parts(turn.groups, spread)) {
    all.push_back({rows_of(turn, turn.part), kv_place(turn.part, spread, rules_.key_value_heads), 0});
    return all;
  }
  const std::size_t size = spread.devices.size() / spread.groups();
  for (std::size_t i = 0; i < turn.groups.size(); ++i)
    all.push_back({rows_of(turn, turn.groups[i]), kv_place(turn.groups[i], group_of(spread, i), rules_.key_value_heads),
                   i * size});
  return all;
}

std::vector<Pieces> AttentionCaches::bring(const Turn& turn, const Spread& spread) {
  std::vector<Pieces> arrived;
  for (const Place& some : places(turn, spread)) {
    const std::vector<Pieces> here = caches_.bring(turn.placed.attention, some.rows, some.place);
    if (here.empty()) continue;
    arrived.resize(spread.devices.size());
    std::copy(here.begin(), here.end(), arrived.begin() + static_cast<std::ptrdiff_t>(some.first));
  }
  return arrived;
}

void AttentionCaches::keep(const Turn& turn, const Spread& spread, const Value& value) {
  const std::vector<Place> all = places(turn, spread);
  std::vector<Pieces> complete;
  for (const Pieces& pieces : value.made) {
    complete.emplace_back();
    add_last(complete.back(), pieces);
  }
  const auto is_empty = [](const KvCaches::Rows& some) { return some.bytes <= 0; };
  bool keeps = false;
  for (const Place& some : all) {
    if (std::all_of(some.rows.begin(), some.rows.end(), is_empty)) continue;
    const auto first = complete.begin() + static_cast<std::ptrdiff_t>(some.first);
    caches_.put(turn.placed.attention, some.rows, some.place,
                {first, first + static_cast<std::ptrdiff_t>(some.place.devices.size())});
    keeps = true;
  }
  if (!keeps || turn.placed.state.phase != Phase::Prefill) return;
  const MapTarget* later = rules_.mapping.find(turn.part, Phase::Decode, turn.placed.layer).target;
  if (later != nullptr && later->split != Split::Experts) bring(turn, *later);
}

}  // namespace upmem_des

/// What each device does of an event that several share. Internal to the room.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "plan/proportions.hpp"
#include "plan/spread.hpp"
#include "plan/tasks/value.hpp"
#include "upmem_des/cost/cost_model.hpp"
#include "upmem_des/trace/layer_event.hpp"

namespace upmem_des {

/// One device's part of an event.
struct Part {
  LayerEvent event;                      ///< with the shapes of the part
  std::optional<std::int64_t> kv_heads;  ///< of attention: heads of the cache that it holds
  bool empty = false;                    ///< there are more devices than rows, columns or heads: no work
  ContextPart context{};                 ///< of attention
};

struct PartSplit {
  std::vector<Part> parts;  ///< by device
  Layout wants = Layout::Whole;
  Layout gives = Layout::Whole;
  std::vector<double> shares;  ///< by device, of the output (or its group's rows of it) where it is Sharded or Rows
  std::vector<double> rows;    ///< by group of a grid: its share of the rows; empty for what is none
};

/// Heads that attention and its cache have; none: unknown.
struct HeadCounts {
  std::optional<std::int64_t> query;
  std::optional<std::int64_t> key_value;
};

/// By the devices of one group: columns or rows of linears, heads of attention and of norms of heads, elements of
/// activations. Other operators are done by every device as a whole; with sequence_parallel those that see one token at
/// a time are shared by tokens, where there is one for each device. `input_shares` are those of the input where it lies
/// Sharded on the same devices, else empty: a linear is split by rows then, and by columns otherwise. Shares are whole
/// columns, rows, heads and tokens, see Proportions. q_proj, k_proj and v_proj are split by whole heads where these are
/// known; a head of the cache is with every device that has one of its queries' heads.
PartSplit split_tensors(const LayerEvent& event, const Spread& group, const std::vector<double>& input_shares,
                        const HeadCounts& heads);

/// As `spread` says; on one device it is whole. `input_shares` are without meaning for replicas. `groups`: the event as
/// it is on each group of devices that share its rows; others than there are groups are not looked at: each has as many
/// of the rows as its weight says.
PartSplit split_event(const LayerEvent& event, const Spread& spread, const std::vector<double>& input_shares,
                      const HeadCounts& heads, const std::vector<LayerEvent>& groups = {});

/// One part of the rows of an event.
LayerEvent rows_of(const LayerEvent& event, std::size_t part, const Proportions& parts);

/// Of the rows of an event those of a micro-batch, of so many equal ones.
inline LayerEvent microbatch_of(const LayerEvent& event, std::int64_t microbatch, std::int64_t microbatches) {
  return rows_of(event, static_cast<std::size_t>(microbatch), Proportions(static_cast<std::size_t>(microbatches)));
}

/// Is the event attention, or one of the functions that eager attention is made of?
bool is_attention(const LayerEvent& event);

/// First head and the one after the last of a part: {query, query, cache, cache}.
struct HeadRange {
  std::int64_t first = 0, end = 0, first_kv = 0, end_kv = 0;
};
HeadRange head_range(std::int64_t query_heads, std::int64_t key_value_heads, std::size_t part,
                     const Proportions& parts);

}  // namespace upmem_des

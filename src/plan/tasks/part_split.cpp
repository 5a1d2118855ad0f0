#include "plan/tasks/part_split.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "plan/tasks/context_split.hpp"
#include "plan/tasks/head_split.hpp"
#include "plan/tasks/step_pieces.hpp"
#include "upmem_des/trace/recognise.hpp"

namespace upmem_des {

namespace {

std::int64_t& last_size(Shape& shape) {
  return shape[shape.rank() - 1];
}

const operation::Product* linear_of(const LayerEvent& event) {
  const auto* product = as<operation::Product>(operation_of(event));
  const bool is_linear = product != nullptr && product->second == operation::Product::Second::Weight;
  return is_linear && event.weight_shape && !event.input_shape.empty() && !event.output_shape.empty() ? product
                                                                                                      : nullptr;
}

/// Functions of each element alone, or of two tensors element by element; what does nothing, too.
bool is_elementwise(const LayerEvent& event) {
  if (event.input_shape != event.output_shape || event.input_shape.empty()) return false;
  const Operation& operation = operation_of(event);
  if (std::holds_alternative<operation::Nothing>(operation)) return true;
  using Function = operation::Pointwise::Function;
  const auto* pointwise = as<operation::Pointwise>(operation);
  return pointwise != nullptr && pointwise->function != Function::Softmax && pointwise->function != Function::Pass &&
         pointwise->function != Function::Pooling;
}

/// Over the heads that a projection gave: [.., heads, width], of which the input's devices have some each.
bool is_norm_of_heads(const LayerEvent& event) {
  const auto* norm = as<operation::Norm>(operation_of(event));
  using Kind = operation::Norm::Kind;
  return norm != nullptr && (norm->kind == Kind::Rms || norm->kind == Kind::L2 || norm->kind == Kind::Layer) &&
         event.input_shape.rank() >= 4 && event.input_shape == event.output_shape;
}

/// Does it compute each token, a row of the last size, by itself?
bool is_by_token(const LayerEvent& event) {
  if (event.input_shape != event.output_shape || event.input_shape.rank() < 2) return false;
  const Operation& operation = operation_of(event);
  if (std::holds_alternative<operation::Nothing>(operation)) return true;
  if (const auto* norm = as<operation::Norm>(operation))
    return norm->kind != operation::Norm::Kind::Group && norm->kind != operation::Norm::Kind::Batch;
  using Function = operation::Pointwise::Function;
  const auto* pointwise = as<operation::Pointwise>(operation);
  return pointwise != nullptr && pointwise->function != Function::Pass && pointwise->function != Function::Pooling;
}

void split_tokens(PartSplit& split, const LayerEvent& event, const Proportions& parts) {
  split.wants = split.gives = Layout::Rows;
  const std::int64_t tokens = token_count(event);
  for (std::size_t i = 0; i < parts.parts(); ++i) {
    const std::int64_t mine = parts.units(tokens, i);
    split.shares.push_back(static_cast<double>(mine) / static_cast<double>(tokens));
    split.parts.push_back({tokens_of(event, i, parts), std::nullopt, mine == 0});
  }
}

void set_whole(PartSplit& split, const LayerEvent& event, std::size_t devices) {
  for (std::size_t i = 0; i < devices; ++i) split.parts.push_back({event, std::nullopt, false});
}

void split_columns(PartSplit& split, const LayerEvent& event, const operation::Product& linear,
                   const Proportions& parts, const HeadCounts& heads) {
  const std::int64_t out = (*event.weight_shape)[1];
  split.gives = Layout::Sharded;
  for (std::size_t i = 0; i < parts.parts(); ++i) {
    const std::int64_t columns = columns_of(linear, out, i, parts, heads);
    Part part{event, std::nullopt, columns == 0};
    if (!part.empty) (*part.event.weight_shape)[1] = columns;
    last_size(part.event.output_shape) = columns;
    split.shares.push_back(static_cast<double>(columns) / static_cast<double>(out));
    split.parts.push_back(std::move(part));
  }
}

/// The heads of each device, where these are known.
bool split_shown_heads(PartSplit& split, const LayerEvent& event, const Proportions& parts, const HeadCounts& heads) {
  std::vector<HeadsOfPart> shown;
  for (std::size_t i = 0; i < parts.parts(); ++i) {
    const std::optional<HeadsOfPart> mine = heads_of_part(event, i, parts, heads);
    if (!mine) return false;
    shown.push_back(*mine);
  }
  split.wants = split.gives = Layout::Sharded;
  for (const HeadsOfPart& mine : shown) {
    Part part{event, mine.kv_heads, mine.shown == 0};
    for (Shape* shape : {&part.event.input_shape, &part.event.output_shape}) (*shape)[shape->rank() - 2] = mine.shown;
    split.shares.push_back(static_cast<double>(mine.shown) / static_cast<double>(event.input_shape.from_end(1)));
    split.parts.push_back(std::move(part));
  }
  return true;
}

void split_input_rows(PartSplit& split, const LayerEvent& event, const std::vector<double>& input_shares) {
  const std::int64_t in = (*event.weight_shape)[0];
  split.wants = Layout::Sharded;
  split.gives = Layout::Partial;
  for (const double share : input_shares) {
    const auto rows = static_cast<std::int64_t>(std::llround(share * static_cast<double>(in)));
    Part part{event, std::nullopt, rows == 0};
    if (!part.empty) (*part.event.weight_shape)[0] = rows;
    last_size(part.event.input_shape) = rows;
    split.shares.push_back(share);
    split.parts.push_back(std::move(part));
  }
}

/// Some of the places of one size, `from_end` counted from the last.
void split_size(PartSplit& split, const LayerEvent& event, const std::vector<double>& input_shares,
                std::size_t from_end) {
  split.wants = split.gives = Layout::Sharded;
  split.shares = input_shares;
  for (const double share : input_shares) {
    const auto size =
        static_cast<std::int64_t>(std::llround(share * static_cast<double>(event.input_shape.from_end(from_end))));
    Part part{event, std::nullopt, size == 0};
    for (Shape* shape : {&part.event.input_shape, &part.event.output_shape})
      (*shape)[shape->rank() - 1 - from_end] = size;
    split.parts.push_back(std::move(part));
  }
}

/// Key [b, h, kv, d] and output [b, h, q, d], or the shapes of eager attention's functions: the third size from the end
/// is the heads'.
void split_heads(PartSplit& split, const LayerEvent& event, const Proportions& parts, const HeadCounts& heads) {
  const operation::Attention& attention = *attention_of(event);
  // Every device has the whole latent row of each token.
  const bool is_latent = attention.latent_width > 0;
  const std::int64_t query_heads = event.output_shape.from_end(2);
  const std::int64_t kv_heads = is_latent ? 1 : heads.key_value.value_or(event.input_shape.from_end(2));
  split.wants = split.gives = Layout::Sharded;
  for (std::size_t i = 0; i < parts.parts(); ++i) {
    const HeadRange range = head_range(query_heads, kv_heads, i, parts);
    const std::int64_t mine = range.end - range.first;
    Part part{event, range.end_kv - range.first_kv, mine == 0};
    if (!is_latent || attention.is_expanded) part.event.input_shape[event.input_shape.rank() - 3] = mine;
    part.event.output_shape[event.output_shape.rank() - 3] = mine;
    split.shares.push_back(static_cast<double>(mine) / static_cast<double>(query_heads));
    split.parts.push_back(std::move(part));
  }
}

double first_size(const LayerEvent& event) {
  return event.output_shape.empty() ? 0 : static_cast<double>(event.output_shape[0]);
}

double share_of_rows(const LayerEvent& some, const LayerEvent& all) {
  return first_size(all) > 0 ? first_size(some) / first_size(all) : 0;
}

/// Of a group (or a device, of replicas): its rows, and which share these are of all.
struct GroupRows {
  LayerEvent event;
  double share = 0;
  bool empty = false;
  ContextPart context{};
};

GroupRows group_rows(const LayerEvent& event, const Spread& spread, std::size_t group, const HeadCounts& heads) {
  const std::size_t sequences = group / spread.context, place = group % spread.context;
  GroupRows mine{rows_of(event, sequences, spread.rows())};
  if (spread.context == 1) {
    mine.share = share_of_rows(mine.event, event);
    mine.empty = first_size(mine.event) == 0;
    return mine;
  }
  const Proportions parts = spread.tokens(sequences);
  const std::int64_t tokens = token_count(mine.event), all = token_count(event);
  mine.share = all > 0 ? static_cast<double>(parts.units(tokens, place)) / static_cast<double>(all) : 0;
  if (is_attention(event)) {
    mine.context = {parts.share(place), context_traffic(event, heads).sends_keys()};
    mine.empty = tokens == 0 || mine.context.share == 0;
  } else {
    mine.event = tokens_of(mine.event, place, parts);
    mine.empty = mine.share == 0;
  }
  return mine;
}

/// By group; `groups` as split_event() has them.
std::vector<GroupRows> rows_of_groups(const LayerEvent& event, const Spread& spread, const HeadCounts& heads,
                                      const std::vector<LayerEvent>& groups) {
  std::vector<GroupRows> all;
  if (shares_parts(groups, spread)) {
    const std::vector<double> shares = shares_of_groups(groups);
    for (std::size_t i = 0; i < groups.size(); ++i) all.push_back({groups[i], shares[i], shares[i] == 0});
  } else {
    for (std::size_t i = 0; i < spread.groups(); ++i) all.push_back(group_rows(event, spread, i, heads));
  }
  return all;
}

/// Every group of a grid shares its rows.
PartSplit split_grid(const LayerEvent& event, const Spread& spread, const std::vector<double>& input_shares,
                     const HeadCounts& heads, const std::vector<LayerEvent>& groups) {
  PartSplit split;
  const std::size_t size = spread.group_size();
  const std::vector<GroupRows> rows = rows_of_groups(event, spread, heads, groups);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const GroupRows& mine = rows[i];
    std::vector<double> lies;
    if (!input_shares.empty()) {
      const auto first = input_shares.begin() + static_cast<std::ptrdiff_t>(i * size);
      lies.assign(first, first + static_cast<std::ptrdiff_t>(size));
    }
    PartSplit group = split_tensors(mine.event, spread.group(i), lies, heads);
    split.wants = group.wants;
    split.gives = group.gives;
    split.rows.push_back(mine.share);
    // What is whole on every device of a group has no shares.
    group.shares.resize(size, 1);
    split.shares.insert(split.shares.end(), group.shares.begin(), group.shares.end());
    for (Part& part : group.parts) {
      part.empty = part.empty || mine.empty;
      part.context = mine.context;
      split.parts.push_back(std::move(part));
    }
  }
  return split;
}

PartSplit split_rows(const LayerEvent& event, const Spread& spread, const HeadCounts& heads,
                     const std::vector<LayerEvent>& groups) {
  PartSplit split;
  split.wants = split.gives = Layout::Rows;
  for (GroupRows& mine : rows_of_groups(event, spread, heads, groups)) {
    split.shares.push_back(mine.share);
    split.parts.push_back({std::move(mine.event), std::nullopt, mine.empty, mine.context});
  }
  return split;
}

}  // namespace

HeadRange head_range(std::int64_t query_heads, std::int64_t key_value_heads, std::size_t part,
                     const Proportions& parts) {
  HeadRange range;
  range.first = parts.begin(query_heads, part);
  range.end = parts.begin(query_heads, part + 1);
  if (range.first == range.end) return range;
  // Query heads a group · g … share head g of the cache.
  const std::int64_t group = std::max<std::int64_t>(1, query_heads / std::max<std::int64_t>(1, key_value_heads));
  range.first_kv = range.first / group;
  range.end_kv = (range.end - 1) / group + 1;
  return range;
}

bool is_attention(const LayerEvent& event) {
  return event.input_shape.rank() >= 3 && event.output_shape.rank() >= 3 && attention_of(event) != nullptr;
}

PartSplit split_tensors(const LayerEvent& event, const Spread& group, const std::vector<double>& input_shares,
                        const HeadCounts& heads) {
  PartSplit split;
  const Proportions parts = group.within();
  if (const operation::Product* linear = linear_of(event)) {
    if (input_shares.empty())
      split_columns(split, event, *linear, parts, heads);
    else
      split_input_rows(split, event, input_shares);
  } else if (is_attention(event)) {
    split_heads(split, event, parts, heads);
  } else if (is_elementwise(event) && !input_shares.empty()) {
    split_size(split, event, input_shares, 0);
  } else if (is_before_attention(event)) {
    if (!split_shown_heads(split, event, parts, heads)) {
      const auto* write = as<operation::CacheWrite>(operation_of(event));
      if (input_shares.empty() || (write != nullptr && write->is_latent))
        set_whole(split, event, parts.parts());
      else
        split_size(split, event, input_shares, 1);
    }
  } else if (is_norm_of_heads(event) && !input_shares.empty()) {
    if (!split_shown_heads(split, event, parts, heads)) split_size(split, event, input_shares, 1);
  } else if (group.sequence_parallel && input_shares.empty() && is_by_token(event) &&
             token_count(event) >= static_cast<std::int64_t>(parts.parts())) {
    split_tokens(split, event, parts);
  } else {
    set_whole(split, event, parts.parts());
  }
  return split;
}

PartSplit split_event(const LayerEvent& event, const Spread& spread, const std::vector<double>& input_shares,
                      const HeadCounts& heads, const std::vector<LayerEvent>& groups) {
  if (spread.is_grid()) return split_grid(event, spread, input_shares, heads, groups);
  if (spread.devices.size() == 1) {
    PartSplit whole;
    whole.parts.push_back({event, std::nullopt, false});
    return whole;
  }
  if (spread.split == Split::Replicas) return split_rows(event, spread, heads, groups);
  return split_tensors(event, spread, input_shares, heads);
}

LayerEvent rows_of(const LayerEvent& event, std::size_t part, const Proportions& parts) {
  LayerEvent share = event;
  const auto keep = [&](Shape& shape) {
    if (!shape.empty()) shape[0] = parts.units(shape[0], part);
  };
  keep(share.input_shape);
  keep(share.output_shape);
  return share;
}

}  // namespace upmem_des

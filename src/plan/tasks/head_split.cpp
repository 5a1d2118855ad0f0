#include "plan/tasks/head_split.hpp"

#include "upmem_des/trace/recognise.hpp"

namespace upmem_des {

namespace {

using Columns = operation::Product::Columns;

/// Of one projection.
std::int64_t columns_of(Columns kind, std::int64_t out, std::size_t part, const Proportions& parts,
                        const HeadCounts& heads) {
  const bool by_query = kind == Columns::QueryHeads && heads.query && out % *heads.query == 0;
  const bool by_cache = kind == Columns::CacheHeads && heads.query && heads.key_value && out % *heads.key_value == 0;
  if (!by_query && !by_cache) return parts.units(out, part);
  const HeadRange range = head_range(*heads.query, heads.key_value.value_or(*heads.query), part, parts);
  return by_query ? (range.end - range.first) * (out / *heads.query)
                  : (range.end_kv - range.first_kv) * (out / *heads.key_value);
}

}  // namespace

std::int64_t columns_of(const operation::Product& product, std::int64_t out, std::size_t part, const Proportions& parts,
                        const HeadCounts& heads) {
  switch (product.columns) {
    case Columns::QueryKeyValue:
      return columns_of(Columns::QueryHeads, product.query_columns, part, parts, heads) +
             2 * columns_of(Columns::CacheHeads, (out - product.query_columns) / 2, part, parts, heads);
    case Columns::GateUp:
      return 2 * columns_of(Columns::None, out / 2, part, parts, heads);
    case Columns::None:
    case Columns::QueryHeads:
    case Columns::CacheHeads:
      break;
  }
  return columns_of(product.columns, out, part, parts, heads);
}

std::optional<HeadsOfPart> heads_of_part(const LayerEvent& event, std::size_t part, const Proportions& parts,
                                         const HeadCounts& heads) {
  if (!heads.query || !heads.key_value) return std::nullopt;
  const HeadRange range = head_range(*heads.query, *heads.key_value, part, parts);
  const std::int64_t query = range.end - range.first, cache = range.end_kv - range.first_kv;
  const std::int64_t shown = event.input_shape.from_end(1);
  const Operation& operation = operation_of(event);
  const auto of_query = [&]() -> std::optional<HeadsOfPart> {
    return shown == *heads.query ? std::optional(HeadsOfPart{query, std::nullopt}) : std::nullopt;
  };
  const auto of_cache = [&]() -> std::optional<HeadsOfPart> {
    return shown == *heads.key_value ? std::optional(HeadsOfPart{cache, std::nullopt}) : std::nullopt;
  };
  if (const auto* norm = as<operation::Norm>(operation)) {
    if (norm->columns == Columns::QueryHeads) return of_query();
    return norm->columns == Columns::CacheHeads ? of_cache() : std::nullopt;
  }
  const auto* write = as<operation::CacheWrite>(operation);
  if (write != nullptr) return write->is_latent ? std::nullopt : of_cache();
  const auto* rotate = as<operation::Rotate>(operation);
  if (rotate == nullptr) return std::nullopt;
  if (rotate->value_heads == 0) return of_query();
  if (rotate->value_heads != *heads.key_value || shown != *heads.query + 2 * *heads.key_value) return std::nullopt;
  return HeadsOfPart{query + 2 * cache, cache};
}

bool is_before_attention(const LayerEvent& event) {
  const Operation& operation = operation_of(event);
  return std::holds_alternative<operation::Rotate>(operation) ||
         std::holds_alternative<operation::CacheWrite>(operation);
}

}  // namespace upmem_des

/// The paths of a described model's modules, as Hugging Face's named_modules() prints them.
#pragma once

#include <cstdint>
#include <vector>

#include "upmem_des/model/decoder_description.hpp"
#include "upmem_des/model/decoder_run.hpp"
#include "upmem_des/util/name.hpp"

namespace upmem_des {

/// Paths are interned names, of which a process has room for a bounded number; a model may take half of it.
constexpr std::int64_t max_paths = Name::max_names / 2;

/// Whether a run with this attention makes the call in a phase.
inline bool is_made(const Call& call, Attention attention, Phase phase) {
  return (!call.attention || *call.attention == attention) && (!call.phase || *call.phase == phase);
}

/// The paths of all calls of equal layers that are made with an attention in a phase; the empty name for calls without
/// one.
struct GroupPaths {
  std::vector<Name> calls;          ///< layers × LayerGroup::calls, row by row
  std::vector<Name> expert_calls;   ///< layers × experts × ExpertGroup::calls
  std::vector<Name> after_experts;  ///< layers × LayerGroup::after_experts
};

/// `first_layer`: layers of the group's path before it. Throws InputError when names run out, see Name.
GroupPaths paths_of(const LayerGroup& group, std::int64_t first_layer, Attention attention, Phase phase);

/// The paths of a prologue or epilogue.
std::vector<Name> paths_of(const std::vector<Call>& calls, Attention attention, Phase phase);

/// How many paths the group needs at most, whatever the attention; a double, since a family may ask for any number.
double path_count(const LayerGroup& group);

}  // namespace upmem_des

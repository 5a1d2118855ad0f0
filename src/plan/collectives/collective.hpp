/// What devices that share a tensor do together.
#pragma once

#include <array>
#include <cstddef>

namespace upmem_des {

/// n devices, a tensor of S bytes.
enum class Collective {
  AllReduce,      ///< every device has a tensor of S bytes; each gets their sum
  ReduceScatter,  ///< the same, but each gets 1/n of the sum
  AllGather,      ///< every device has a share; each gets all
  AllToAll,       ///< every device has a share, of which 1/n is meant for each
  // Those with a root, which may be a device beside the n.
  Broadcast,  ///< one device or several have a tensor of S bytes; so have all in the end
  Gather,     ///< every device has a share; the root gets all
  Reduce      ///< every device has a tensor of S bytes; the root gets their sum
};

inline constexpr std::array<Collective, 7> all_collectives{
    Collective::AllReduce, Collective::ReduceScatter, Collective::AllGather, Collective::AllToAll,
    Collective::Broadcast, Collective::Gather,        Collective::Reduce};

/// Do some devices have another part in it than others?
constexpr bool has_root(Collective collective) {
  return collective >= Collective::Broadcast;
}

/// As people say: "all-reduce"; a string literal.
constexpr const char* name_of(Collective collective) {
  constexpr const char* names[] = {"all-reduce", "reduce-scatter", "all-gather", "all-to-all",
                                   "broadcast",  "gather",         "reduce"};
  return names[static_cast<std::size_t>(collective)];
}

/// As files say: "all_reduce".
constexpr const char* key_of(Collective collective) {
  constexpr const char* keys[] = {"all_reduce", "reduce_scatter", "all_gather", "all_to_all",
                                  "broadcast",  "gather",         "reduce"};
  return keys[static_cast<std::size_t>(collective)];
}

}  // namespace upmem_des

/// Which events of a decoder wait for which.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "trace/layer_event.hpp"

namespace upmem_des {

/// Fills `deps` of a decoder's events, which come one after another as they are called. One rule for weight-free and
/// profiled decoders, by the names of the events (docs/traces.md, Dependencies). An event waits for those whose output
/// it reads; the residual stream needs no event of its own, for whoever adds to it has waited for it.
///
/// An event of a name that has no place in the rule, or whose predecessors were not called since its layer began, waits
/// for the event before it. An event of another name then takes the place of the one before it: whoever would wait for
/// that one waits for it instead. So families with further events stay in order.
///
/// An event costs some nanoseconds and, once its `deps` have grown, no allocation.
class DecoderDependencies {
 public:
  /// Overwrites event.deps: ascending, without repetition, each below event.seq. The event's `seq` must be above those
  /// of the events before. Only the first event of the stream gets none.
  void fill(LayerEvent& event);

  /// What an event does in a decoder.
  enum class Place : std::uint8_t {
    Other,  ///< none of the following
    Embedding,
    RotaryTables,
    InputNorm,
    Query,
    Key,
    ValueRows,
    AttentionWeights,  ///< of eager attention: the product, then the softmax
    Attended,
    AttentionOutput,
    FeedForwardNorm,
    Router,
    RoutingWeights,
    Gated,      ///< what the activation is computed of, of an MLP or an expert
    Activated,  ///< the activation
    Up,         ///< what it is multiplied by
    LayerEnd,   ///< of an MLP or an expert
    FinalNorm,
    Logits,
    Probabilities,
  };

 private:
  static constexpr std::size_t place_count = static_cast<std::size_t>(Place::Probabilities) + 1;

  bool known(Place place) const { return last_[static_cast<std::size_t>(place)] >= 0; }
  template <typename... Places>
  void wait_for(LayerEvent& event, Places... places) const;
  void wait_for_previous(LayerEvent& event) const;
  void wait_for_hidden_state(LayerEvent& event) const;
  void begin_layer();
  void keep(Place place, std::int64_t seq);
  void take_previous_place(std::int64_t seq);

  std::int64_t previous_ = -1;  ///< seq of the event before; −1: none
  Place previous_place_ = Place::Other;
  /// seq of the last event of each place since its layer began; −1: none.
  std::array<std::int64_t, place_count> last_ = all_unknown();
  /// The events that the hidden state is the sum of, beside the residual: the embedding, or the ends of a layer.
  std::vector<std::int64_t> hidden_state_;

  static constexpr std::array<std::int64_t, place_count> all_unknown() {
    std::array<std::int64_t, place_count> none{};
    for (std::int64_t& seq : none) seq = -1;
    return none;
  }
};

}  // namespace upmem_des

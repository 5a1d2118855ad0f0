#include "model/decoder_dependencies.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

namespace upmem_des {

namespace {

using Place = DecoderDependencies::Place;

/// Places by Name::index().
std::vector<Place> make_places() {
  constexpr std::pair<std::string_view, Place> names[] = {
      {"embed_tokens", Place::Embedding},
      {"rotary_emb", Place::RotaryTables},
      {"input_layernorm", Place::InputNorm},
      {"q_proj", Place::Query},
      {"k_proj", Place::Key},
      {"v_proj", Place::ValueRows},
      {"attn_weights", Place::AttentionWeights},
      {"attn_output", Place::Attended},
      {"o_proj", Place::AttentionOutput},
      {"post_attention_layernorm", Place::FeedForwardNorm},
      {"gate", Place::Router},
      {"routing_weights", Place::RoutingWeights},
      {"gate_proj", Place::Gated},
      {"w1", Place::Gated},
      {"return", Place::Activated},
      {"up_proj", Place::Up},
      {"w3", Place::Up},
      {"down_proj", Place::LayerEnd},
      {"w2", Place::LayerEnd},
      {"norm", Place::FinalNorm},
      {"lm_head", Place::Logits},
      {"probs", Place::Probabilities},
  };
  std::vector<Place> places;
  for (const auto& [text, place] : names) {
    const std::size_t index = Name(text).index();
    if (index >= places.size()) places.resize(index + 1, Place::Other);
    places[index] = place;
  }
  return places;
}

Place place_of(Name name) {
  static const std::vector<Place> places = make_places();
  return name.index() < places.size() ? places[name.index()] : Place::Other;
}

}  // namespace

void DecoderDependencies::fill(LayerEvent& event) {
  event.deps.clear();
  const Place place = place_of(event.name);
  switch (place) {
    case Place::Other:
      wait_for_previous(event);
      take_previous_place(event.seq);
      return;
    case Place::Embedding:
      // Its input is the token that the pass before ended with.
      wait_for_previous(event);
      begin_layer();
      hidden_state_.clear();
      break;
    case Place::RotaryTables:
      wait_for(event, Place::Embedding);
      break;
    case Place::InputNorm:
      wait_for_hidden_state(event);
      begin_layer();
      hidden_state_.clear();
      break;
    case Place::Query:
      if (!known(Place::InputNorm)) begin_layer();
      wait_for(event, Place::InputNorm);
      break;
    case Place::Key:
    case Place::ValueRows:
      wait_for(event, Place::InputNorm);
      break;
    case Place::AttentionWeights:
      if (known(Place::AttentionWeights))
        wait_for(event, Place::AttentionWeights);
      else
        wait_for(event, Place::Query, Place::Key);
      break;
    case Place::Attended:
      if (known(Place::AttentionWeights))
        wait_for(event, Place::AttentionWeights, Place::ValueRows);
      else
        wait_for(event, Place::Query, Place::Key, Place::ValueRows);
      break;
    case Place::AttentionOutput:
      wait_for(event, Place::Attended);
      break;
    case Place::FeedForwardNorm:
      wait_for(event, Place::AttentionOutput);
      break;
    case Place::Router:
      wait_for(event, Place::FeedForwardNorm);
      break;
    case Place::RoutingWeights:
      wait_for(event, Place::Router);
      break;
    case Place::Gated:
    case Place::Up:
      if (known(Place::RoutingWeights))
        wait_for(event, Place::FeedForwardNorm, Place::RoutingWeights);
      else if (known(Place::Router))
        wait_for(event, Place::FeedForwardNorm, Place::Router);
      else
        wait_for(event, Place::FeedForwardNorm);
      break;
    case Place::Activated:
      wait_for(event, Place::Gated);
      break;
    case Place::LayerEnd:
      wait_for(event, Place::Activated, Place::Up);
      break;
    case Place::FinalNorm:
      wait_for_hidden_state(event);
      hidden_state_.clear();
      break;
    case Place::Logits:
      wait_for(event, Place::FinalNorm);
      hidden_state_.clear();
      break;
    case Place::Probabilities:
      wait_for(event, Place::Logits);
      break;
  }
  keep(place, event.seq);
}

template <typename... Places>
void DecoderDependencies::wait_for(LayerEvent& event, Places... places) const {
  if (!(known(places) && ...)) {
    wait_for_previous(event);
    return;
  }
  (event.deps.push_back(last_[static_cast<std::size_t>(places)]), ...);
  if constexpr (sizeof...(places) > 1) std::sort(event.deps.begin(), event.deps.end());
}

void DecoderDependencies::wait_for_previous(LayerEvent& event) const {
  if (previous_ >= 0) event.deps.push_back(previous_);
}

void DecoderDependencies::wait_for_hidden_state(LayerEvent& event) const {
  if (hidden_state_.empty())
    wait_for_previous(event);
  else
    event.deps.assign(hidden_state_.begin(), hidden_state_.end());
}

void DecoderDependencies::begin_layer() {
  last_ = all_unknown();
}

void DecoderDependencies::keep(Place place, std::int64_t seq) {
  last_[static_cast<std::size_t>(place)] = seq;
  if (place == Place::Embedding || place == Place::LayerEnd) hidden_state_.push_back(seq);
  previous_ = seq;
  previous_place_ = place;
}

void DecoderDependencies::take_previous_place(std::int64_t seq) {
  previous_ = seq;
  // Nobody waits for the rotary tables, but everybody for the embedding.
  const Place place = previous_place_ == Place::RotaryTables ? Place::Embedding : previous_place_;
  if (place == Place::Other) return;
  last_[static_cast<std::size_t>(place)] = seq;
  if ((place == Place::Embedding || place == Place::LayerEnd) && !hidden_state_.empty()) hidden_state_.back() = seq;
}

}  // namespace upmem_des

#include "timeline/perfetto/arrow_sources.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "upmem_des/trace/layer_event.hpp"

namespace upmem_des {

std::vector<DrawnSlice> ArrowSources::of_compute(const ActivityRecord& starting) {
  if (starting.event == nullptr) return {};
  const bool own_work = std::string_view(starting.purpose).empty();
  const Place* const before = find(starting.event->seq, starting.stream);
  const bool from_afar = before == nullptr || !before->arrived;
  std::vector<DrawnSlice> sources;
  if (own_work) sources = latest_before(*starting.event, starting.stream, from_afar);
  if (sources.empty() && before == nullptr) return {};

  Place& here = place(starting.event->seq, starting.stream);
  const std::vector<DrawnSlice> arrived = take_waiting(here);
  sources.insert(sources.begin(), arrived.begin(), arrived.end());
  const auto has_arrow = [&here](const DrawnSlice& source) {
    return std::find(here.has_arrow.begin(), here.has_arrow.end(), source.activity) != here.has_arrow.end();
  };
  sources.erase(std::remove_if(sources.begin(), sources.end(), has_arrow), sources.end());
  for (const DrawnSlice& source : sources) here.has_arrow.push_back(source.activity);
  slices_ += sources.size();
  forget();
  return sources;
}

std::vector<DrawnSlice> ArrowSources::of_transfer(const ActivityRecord& starting, DeviceIndex from) {
  if (starting.event == nullptr) return latest_on(from);
  const bool input = std::string_view(starting.purpose) == "input";
  if (Place* const here = find(starting.event->seq, from)) {
    if (!here->waiting.empty()) return take_waiting(*here);
    if (here->drawn() && (!input || here->latest_arrived)) return {here->latest};
  }
  return latest_before(*starting.event, from, true);
}

void ArrowSources::add_compute(const ActivityRecord& ended, const DrawnSlice& slice) {
  if (ended.event == nullptr) return;
  Place& here = place(ended.event->seq, ended.stream);
  here.computed = true;
  here.latest = slice;
  here.latest_arrived = false;
  auto& first = events_[ended.event->seq].first_computed;
  if (!first) first = ended.stream;
  forget();
}

void ArrowSources::add_transfer(const ActivityRecord& ended, const RouteSpec& route, const DrawnSlice& slice) {
  if (ended.event == nullptr) return;
  for (const DeviceIndex device : route.to) {
    Place& here = place(ended.event->seq, device);
    here.arrived = here.latest_arrived = true;
    here.latest = slice;
    here.waiting.push_back(slice);
    ++slices_;
  }
  auto& first = events_[ended.event->seq].first_arrived;
  if (!first) first = route.to.front();
  forget();
}

ArrowSources::Place* ArrowSources::find(std::int64_t seq, DeviceIndex device) {
  const auto event = events_.find(seq);
  if (event == events_.end()) return nullptr;
  const auto place = event->second.on.find(device);
  return place != event->second.on.end() ? &place->second : nullptr;
}

ArrowSources::Place& ArrowSources::place(std::int64_t seq, DeviceIndex device) {
  const auto [place, is_new] = events_[seq].on.try_emplace(device);
  if (is_new) ++slices_;
  return place->second;
}

std::vector<DrawnSlice> ArrowSources::take_waiting(Place& place) {
  slices_ -= place.waiting.size();
  return std::exchange(place.waiting, {});
}

std::vector<DrawnSlice> ArrowSources::latest_before(const LayerEvent& event, DeviceIndex device, bool from_afar) {
  std::vector<DrawnSlice> found;
  const auto add = [&](std::int64_t seq) {
    const Place* source = find(seq, device);
    if (source == nullptr || !source->drawn()) {
      const auto places = events_.find(seq);
      if (!from_afar || places == events_.end()) return;
      const auto& first = places->second.first_computed ? places->second.first_computed : places->second.first_arrived;
      if (!first) return;
      source = &places->second.on.at(*first);
    }
    const auto is_source = [source](const DrawnSlice& slice) { return slice.activity == source->latest.activity; };
    if (std::none_of(found.begin(), found.end(), is_source)) found.push_back(source->latest);
  };
  for (const std::int64_t seq : event.deps) add(seq);
  if (event.waits_for_the_one_before()) add(event.seq - 1);
  return found;
}

std::vector<DrawnSlice> ArrowSources::latest_on(DeviceIndex device) {
  for (auto event = events_.rbegin(); event != events_.rend(); ++event) {
    const auto place = event->second.on.find(device);
    if (place != event->second.on.end() && place->second.drawn()) return {place->second.latest};
  }
  return {};
}

void ArrowSources::forget() {
  while (events_.size() > 1 && (events_.size() > most_events || slices_ > most_slices)) {
    for (const auto& [device, place] : events_.begin()->second.on)
      slices_ -= 1 + place.waiting.size() + place.has_arrow.size();
    events_.erase(events_.begin());
  }
}

}  // namespace upmem_des

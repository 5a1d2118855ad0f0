#include "run/mapping_use.hpp"

#include "upmem_des/trace/layer_event.hpp"
#include "util/suggest.hpp"

namespace upmem_des {

namespace {

std::uint64_t signature(const LayerEvent& event) {
  return 1 + ((std::uint64_t{event.type.index()} << 33U) | (std::uint64_t{event.map_key.index()} << 1U) |
              (event.kind == EventKind::Layer ? 1U : 0U));
}

void warn_at(const MappingEntry& entry, const std::string& problem, const Warn& warn) {
  warn(InputError(entry.where, entry.key(), problem).what());
}

}  // namespace

void MappingUse::see(const LayerEvent& event) {
  if (event.experts.size() == 1) experts_ = true;
  see_layer(event);
  // Streams repeat a few names: most are known by their last signature.
  const std::size_t index = event.name.index();
  if (index >= seen_.size()) seen_.resize(index + 1, 0);
  if (seen_[index] == signature(event)) return;
  seen_[index] = signature(event);
  see_names(event);
}

void MappingUse::see_names(const LayerEvent& event) {
  kinds_.insert((std::uint64_t{event.type.index()} << 32U) | event.name.index());
  if (event.kind == EventKind::Layer) layer_names_.insert(event.name.str());
  if (!event.map_key.empty()) {
    keys_.insert(event.map_key.str());
  } else {
    keys_.insert(event.name.str());
    keys_.insert(event.type.str());
  }
}

void MappingUse::see_layer(const LayerEvent& event) {
  const auto layer = tracker_.layer_of(event);
  if (!layer || *layer == latest_layer_) return;
  latest_layer_ = *layer;
  layers_.insert(*layer);
}

bool MappingUse::any_in(const LayerRangeEntry& range) const {
  const auto first = layers_.lower_bound(range.first);
  return first != layers_.end() && *first <= range.last;
}

void MappingUse::warn_of_unused(const MappingSection& section, const std::vector<std::string>& names,
                                const Warn& warn) const {
  for (const MappingEntry& entry : section.lines)
    if (keys_.count(entry.layer) == 0)
      warn_at(entry,
              "no event has this name or type, so this line sends nothing to " + entry.device +
                  did_you_mean(entry.layer, names),
              warn);
  if (section.experts && !experts_)
    warn_at(*section.experts, "no event belongs to an expert, so this line sends nothing to " + section.experts->device,
            warn);
  for (const LayerRangeEntry& range : section.layers)
    if (!any_in(range))
      warn_at(range.entry,
              std::string("no event is in layer") + (range.first == range.last ? " " : "s ") + range.entry.layer +
                  (layers_.empty() ? "; no event's path tells its layer"
                                   : "; the last layer is " + std::to_string(*layers_.rbegin())),
              warn);
}

void MappingUse::warn_of_unused(const Scenario& scenario, const std::set<std::string>& others, const Warn& warn) const {
  std::set<std::string> all = keys_;
  all.insert(others.begin(), others.end());
  const std::vector<std::string> names(all.begin(), all.end());
  warn_of_unused(scenario.mapping, names, warn);
  for (const MappingSection& section : scenario.phase_mapping) warn_of_unused(section, names, warn);
}

}  // namespace upmem_des

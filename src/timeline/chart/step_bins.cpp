#include "timeline/chart/step_bins.hpp"

#include <algorithm>

namespace upmem_des {

void StepBins::begin(double time_s) {
  end_s_ = time_s;
  begun_s_.fill(time_s);
  edges_ = {{time_s, step_level}};
  phases_ = {{Phase::Prefill, 0}};
  for (Value& value : values_) value.since_s = time_s;
}

void StepBins::begin_phase(Phase phase, double time_s) {
  for (Value& value : values_) add(value, time_s);
  // One that begins where the last bin does takes it.
  if (edges_.back().time_s < time_s) edges_.push_back({time_s, step_level});
  edges_.back().level = step_level;
  if (phases_.back().first == edges_.size() - 1) phases_.pop_back();
  phases_.push_back({phase, edges_.size() - 1});
  finest_ = change_level;
  counts_.fill(0);
  strides_.fill(1);
  begun_s_.fill(time_s);
}

void StepBins::begin_part(std::size_t level, double time_s) {
  // The first of a level begins with the one above.
  for (std::size_t above = 0; above <= level; ++above)
    if (time_s <= begun_s_[above]) return;
  begun_s_[level] = time_s;
  for (std::size_t below = level + 1; below < levels; ++below) counts_[below] = 0;
  if (++counts_[level] % strides_[level] == 0 && level <= finest_) add_edge(time_s, level);
}

void StepBins::set(std::size_t value, double time_s, double to) {
  add(values_[value], time_s);
  values_[value].now = to;
  begin_part(change_level, time_s);
}

void StepBins::finish(double time_s) {
  end_s_ = time_s;
  for (Value& value : values_) add(value, time_s);
  while (edges_.size() > 1 && edges_.back().time_s >= end_s_) {
    if (phases_.back().first == edges_.size() - 1) phases_.pop_back();
    edges_.pop_back();
  }
}

std::vector<double> StepBins::edges_s() const {
  std::vector<double> edges_s;
  if (edges_.empty() || edges_.front().time_s >= end_s_) return edges_s;
  for (const Edge& edge : edges_) edges_s.push_back(edge.time_s);
  edges_s.push_back(end_s_);
  return edges_s;
}

std::vector<StepBins::PhaseBins> StepBins::phases() const {
  std::vector<PhaseBins> phases;
  const std::vector<double> all = edges_s();
  for (std::size_t i = 0; i < phases_.size() && !all.empty(); ++i) {
    const std::size_t end = i + 1 < phases_.size() ? phases_[i + 1].first : edges_.size();
    if (end > phases_[i].first) phases.push_back({phases_[i].phase, end - phases_[i].first});
  }
  return phases;
}

std::vector<StepBins::Bin> StepBins::bins(std::size_t index) const {
  std::vector<Bin> bins;
  if (edges_s().empty()) return bins;
  const std::vector<Stat>& stats = values_[index].stats;
  for (std::size_t i = 0; i < edges_.size(); ++i) {
    const Stat stat = i < stats.size() ? stats[i] : Stat();
    const double mean = stat.integral / (end_of(i) - edges_[i].time_s);
    if (stat.is_known)
      bins.push_back({mean, stat.least, stat.most});
    else  // shorter than what counts
      bins.push_back(bins.empty() ? Bin{mean, mean, mean} : bins.back());
  }
  return bins;
}

void StepBins::add_edge(double time_s, std::size_t level) {
  // What is so short that nothing in it counts is no bin.
  if (time_s - edges_.back().time_s <= least_share * time_s) return;
  edges_.push_back({time_s, level});
  if (edges_.size() - phases_.back().first <= most_bins) return;
  for (Value& value : values_) add(value, time_s);
  while (edges_.size() - phases_.back().first > most_bins) coarsen();
}

void StepBins::add(Value& value, double until_s) const {
  const double from_s = value.since_s;
  if (until_s <= from_s) return;
  value.since_s = until_s;
  const bool lasts = until_s - from_s > least_share * until_s;
  const auto later = [](double time_s, const Edge& edge) { return time_s < edge.time_s; };
  const auto first = std::upper_bound(edges_.begin(), edges_.end(), from_s, later) - 1;
  for (auto i = static_cast<std::size_t>(first - edges_.begin()); i < edges_.size() && edges_[i].time_s < until_s;
       ++i) {
    if (value.stats.size() <= i) value.stats.resize(i + 1);
    Stat& stat = value.stats[i];
    const double end_s = i + 1 < edges_.size() ? std::min(until_s, edges_[i + 1].time_s) : until_s;
    stat.integral += value.now * (end_s - std::max(from_s, edges_[i].time_s));
    if (!lasts) continue;
    stat.least = stat.is_known ? std::min(stat.least, value.now) : value.now;
    stat.most = stat.is_known ? std::max(stat.most, value.now) : value.now;
    stat.is_known = true;
  }
}

/// Makes fewer of the present phase's bins; every value has been added up to now.
void StepBins::coarsen() {
  const std::size_t first = phases_.back().first;
  std::vector<bool> kept(edges_.size(), true);
  finest_ = step_level;
  for (std::size_t i = first; i < edges_.size(); ++i) finest_ = std::max(finest_, edges_[i].level);
  const auto is_above = [&](std::size_t i) { return edges_[i].level < finest_; };
  std::size_t above = 0;
  for (std::size_t i = first; i < edges_.size(); ++i) above += is_above(i) ? 1 : 0;
  if (above > most_bins / 2) {
    for (std::size_t i = first; i < edges_.size(); ++i) kept[i] = is_above(i);
    --finest_;
  } else {
    strides_[finest_] *= 2;
    std::size_t place = 0;
    for (std::size_t i = first; i < edges_.size(); ++i) {
      place = is_above(i) || i == first ? 0 : place + 1;
      kept[i] = place % 2 == 0;
    }
  }
  keep(kept);
}

/// The others' bins go to the one before.
void StepBins::keep(const std::vector<bool>& kept) {
  for (Value& value : values_) {
    std::size_t to = 0;
    for (std::size_t i = 0; i < value.stats.size(); ++i) {
      const Stat stat = value.stats[i];
      if (i > 0 && kept[i]) ++to;
      if (i == 0 || kept[i]) {
        value.stats[to] = stat;
        continue;
      }
      Stat& sum = value.stats[to];
      sum.integral += stat.integral;
      if (!stat.is_known) continue;
      sum.least = sum.is_known ? std::min(sum.least, stat.least) : stat.least;
      sum.most = sum.is_known ? std::max(sum.most, stat.most) : stat.most;
      sum.is_known = true;
    }
    if (!value.stats.empty()) value.stats.resize(to + 1);
  }
  std::size_t to = 0;
  for (std::size_t i = 1; i < edges_.size(); ++i)
    if (kept[i]) edges_[++to] = edges_[i];
  edges_.resize(to + 1);
}

}  // namespace upmem_des

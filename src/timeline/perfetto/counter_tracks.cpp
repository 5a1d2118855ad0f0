#include "timeline/perfetto/counter_tracks.hpp"

namespace upmem_des {

namespace {

constexpr double giga = 1e9;

}  // namespace

CounterTracks::CounterTracks(const PlatformSpec& platform, TraceEventFile& file, std::int64_t links_pid,
                             std::int64_t first_device_pid)
    : platform_(platform), file_(file), links_pid_(links_pid), first_device_pid_(first_device_pid) {}

void CounterTracks::change(const QuantityChange& change) {
  const Nanoseconds time = nanoseconds(change.time_s);
  if (time > now_) {
    flush();
    now_ = time;
  }
  switch (change.quantity) {
    case Quantity::ComputeUse:
      return set({Counter::ComputeUse, change.index}, 0, change.value);
    case Quantity::MemoryUse:
      return;  // the bandwidth says it, too
    case Quantity::MemoryBandwidth:
      return set({Counter::MemoryBandwidth, change.index}, 0, change.value / giga);
    case Quantity::DevicePower:
      return set({Counter::DevicePower, change.index}, 0, change.value);
    case Quantity::WeightsHeld:
      return set({Counter::MemoryHeld, change.index}, 0, change.value / giga);
    case Quantity::KvCacheHeld:
      return set({Counter::MemoryHeld, change.index}, 1, change.value / giga);
    case Quantity::ActivationsHeld:
      return set({Counter::MemoryHeld, change.index}, 2, change.value / giga);
    case Quantity::LinkUse:
      return set({Counter::LinkBandwidth, change.index}, 0,
                 change.value * platform_.links[change.index].bandwidth_Bps / giga);
    case Quantity::LinkPower:
      return set({Counter::LinkPower, change.index}, 0, change.value);
  }
}

void CounterTracks::set(const Key& key, std::size_t series, double value) {
  Track& track = tracks_[key];
  track.values[series] = value;
  if (!track.changed) changed_.push_back(key);
  track.changed = true;
}

void CounterTracks::flush() {
  for (const Key& key : changed_) {
    Track& track = tracks_[key];
    track.changed = false;
    if (track.values == track.written) continue;
    if (!track.begun && now_ > begin_) write(key, begin_, {});
    write(key, now_, track.values);
    track.begun = true;
    track.written = track.values;
  }
  changed_.clear();
}

void CounterTracks::write(const Key& key, Nanoseconds time, const Values& values) {
  const auto [counter, index] = key;
  const bool of_link = counter == Counter::LinkBandwidth || counter == Counter::LinkPower;
  const std::int64_t pid = of_link ? links_pid_ : first_device_pid_ + static_cast<std::int64_t>(index);
  if (counter == Counter::MemoryHeld) {
    const std::vector<TraceEventFile::Series> series{
        {"weights", values[0]}, {"kv_cache", values[1]}, {"activations", values[2]}};
    return file_.counter(pid, name(key), time, series);
  }
  const char* const unit = counter == Counter::ComputeUse                                             ? "share"
                           : counter == Counter::MemoryBandwidth || counter == Counter::LinkBandwidth ? "GB/s"
                                                                                                      : "W";
  file_.counter(pid, name(key), time, {{unit, values[0]}});
}

std::string CounterTracks::name(const Key& key) const {
  switch (key.first) {
    case Counter::ComputeUse:
      return "compute use";
    case Counter::MemoryBandwidth:
      return "memory bandwidth";
    case Counter::MemoryHeld:
      return "memory held (GB)";
    case Counter::DevicePower:
      return "power";
    case Counter::LinkBandwidth:
      return platform_.links[key.second].name + " bandwidth";
    case Counter::LinkPower:
      break;
  }
  return platform_.links[key.second].name + " power";
}

}  // namespace upmem_des

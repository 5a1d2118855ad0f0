#include "simulation/peak_power.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace upmem_des {

namespace {

constexpr double for_ever_s = std::numeric_limits<double>::infinity();

std::size_t index_of(PeakPower::Lane lane) {
  return static_cast<std::size_t>(lane);
}

}  // namespace

PeakPower::PeakPower(const PlatformSpec& platform, const RouteFigureTable& routes)

    : platform_(platform), figures_(routes), devices_(platform.devices.size()) {
  for (DeviceIndex i = 0; i < devices_.size(); ++i) {
    devices_[i].idle_W = platform.devices[i].architecture.idle_W;
    devices_[i].active_W = platform.devices[i].architecture.active_W;
    idle_W_ += devices_[i].idle_W;
  }
  most_W_ = idle_W_;
}

const PeakPower::RouteDraw& PeakPower::draw_of(RouteIndex route) {
  const auto [at, is_new] = draws_.try_emplace(route);
  RouteDraw& draw = at->second;
  if (!is_new) return draw;
  draw.J_per_byte = figures_[route].energy_J_per_byte.total_J();
  for (const LinkIndex index : platform_.routes[route].links) {
    const LinkSpec& link = platform_.links[index];
    if (!link.owner || link.energy_J_per_byte() <= 0) continue;
    const auto known = std::find_if(draw.owners.begin(), draw.owners.end(),
                                    [&](const auto& owner) { return owner.first == *link.owner; });
    if (known == draw.owners.end())
      draw.owners.emplace_back(*link.owner, link.energy_J_per_byte());
    else
      known->second += link.energy_J_per_byte();
  }
  return draw;
}

void PeakPower::let_pass(double now_s) {
  if (before_time_passes_) before_time_passes_();
  now_s_ = now_s;
  const double to_s = settled_s(now_s);
  if (to_s <= known_s_) return;
  if (is_above(most_W_, peak_W_[phase_])) look_at_machine(to_s);
  known_s_ = to_s;
}

RunningWork& PeakPower::begin_work(DeviceIndex index, Lane lane, double now_s) {
  pass(now_s);
  settle(index, now_s);
  Device& device = devices_[index];
  if (!device.is_active()) {
    device.place = static_cast<std::uint32_t>(active_.size());
    active_.push_back(index);
    device.active_since_s = now_s;
    most_W_ += device.active_W;
  }
  return device.lanes[index_of(lane)];
}

void PeakPower::begun_work(DeviceIndex index, Lane lane) {
  Device& device = devices_[index];
  const RunningWork& work = device.lanes[index_of(lane)];
  device.device_walks[index_of(lane)] = device.machine_walks[index_of(lane)] = work.begin();
  most_W_ += work.most_W();
}

void PeakPower::start_work(DeviceIndex index, const LoadedStep::At& piece, double now_s) {
  begin_work(index, Lane::Tasks, now_s).start(platform_.devices[index], piece, now_s);
  begun_work(index, Lane::Tasks);
}

void PeakPower::start_work(DeviceIndex index, Lane lane, const Stretch& stretch, double now_s) {
  begin_work(index, lane, now_s).start(platform_.devices[index], stretch, now_s);
  begun_work(index, lane);
}

void PeakPower::end_work(DeviceIndex index, Lane lane, double now_s) {
  pass(now_s);
  settle(index, now_s);
  Device& device = devices_[index];
  RunningWork& work = device.lanes[index_of(lane)];
  count_work(index, work, now_s, true);
  work.end();
  most_W_ -= work.most_W();
  if (device.is_active()) return;
  most_W_ -= device.active_W;
  devices_[active_.back()].place = device.place;
  active_[device.place] = active_.back();
  active_.pop_back();
  if (active_.empty() && transfers_ == 0) most_W_ = idle_W_;
}

void PeakPower::set_rate(RouteIndex route, double before_Bps, double now_Bps, double now_s) {
  const RouteDraw& draw = draw_of(route);
  if (before_Bps == now_Bps || draw.J_per_byte <= 0) return;
  pass(now_s);
  const int begins = (now_Bps > 0 ? 1 : 0) - (before_Bps > 0 ? 1 : 0);
  const double more_W = (now_Bps - before_Bps) * draw.J_per_byte;
  transfers_ += begins;
  links_W_ = transfers_ > 0 ? links_W_ + more_W : 0;
  links_since_s_ = now_s;
  most_W_ = transfers_ > 0 || !active_.empty() ? most_W_ + more_W : idle_W_;
  for (const auto& [index, J_per_byte] : draw.owners) {
    settle(index, now_s);
    Device& device = devices_[index];
    device.transfers = static_cast<std::uint32_t>(static_cast<int>(device.transfers) + begins);
    device.links_W = device.transfers > 0 ? device.links_W + (now_Bps - before_Bps) * J_per_byte : 0;
    device.links_since_s = now_s;
  }
}

void PeakPower::end_prefill(double now_s) {
  pass(now_s);
  for (DeviceIndex i = 0; i < devices_.size(); ++i) {
    settle(i, now_s);
    for (const RunningWork& work : devices_[i].lanes)
      if (work.is_running()) count_work(i, work, now_s, false);
  }
  phase_ = 1;
  phase_start_s_ = known_s_ = now_s;
}

void PeakPower::settle_several(DeviceIndex index, double now_s) {
  Device& device = devices_[index];
  const double from_s = std::max(device.known_s, phase_start_s_);
  const double to_s = settled_s(now_s);
  if (to_s <= from_s) return;
  device.known_s = to_s;
  double most_W = device.static_W() + device.links_W;
  for (const RunningWork& work : device.lanes) most_W += work.is_running() ? work.most_W() : 0;
  if (is_above(most_W, device.peak_W[phase_])) look_at_device(index, from_s, to_s);
}

/// What work has drawn alone in this phase.
void PeakPower::count_work(DeviceIndex index, const RunningWork& work, double now_s, bool has_ended) {
  Device& device = devices_[index];
  double& peak_W = device.peak_W[phase_];
  const double static_W = device.idle_W + device.active_W;
  if (!is_above(static_W + work.most_W(), peak_W)) return;
  double work_W = work.most_W();
  if (!has_ended || work.start_s() < settled_s(phase_start_s_)) {
    const double from_s = std::max(work.start_s(), phase_start_s_);
    const double to_s = settled_s(now_s);
    if (to_s < from_s) return;
    RunningWork::Walk walk = work.begin();
    work.draws(platform_.devices[index], walk, from_s, to_s,
               [&](double start_s, double end_s, double power_W) { add_draw(start_s, end_s, power_W, from_s, to_s); });
    work_W = highest_W();
  }
  peak_W = std::max(peak_W, static_W + work_W);
}

void PeakPower::add_draw(double start_s, double end_s, double power_W, double from_s, double to_s) {
  const double first_s = std::max(start_s, from_s);
  const double last_s = std::min(settled_s(end_s), to_s);
  if (last_s < first_s) return;
  edges_.push_back({first_s, power_W});
  edges_.push_back({last_s, -power_W});
}

/// The highest sum of the edges that have been collected.
double PeakPower::highest_W() {
  // At one time, what begins comes before what ends.
  std::sort(edges_.begin(), edges_.end(), [](const Edge& a, const Edge& b) {
    return a.time_s != b.time_s ? a.time_s < b.time_s : a.power_W > b.power_W;
  });
  double sum_W = 0;
  double highest_W = 0;
  for (const Edge& edge : edges_) highest_W = std::max(highest_W, sum_W += edge.power_W);
  edges_.clear();
  return highest_W;
}

void PeakPower::look_at_machine(double to_s) {
  if (transfers_ > 0) add_draw(links_since_s_, for_ever_s, links_W_, known_s_, to_s);
  for (const DeviceIndex index : active_) {
    add_draw(devices_[index].active_since_s, for_ever_s, devices_[index].active_W, known_s_, to_s);
    for (std::size_t lane = 0; lane < devices_[index].lanes.size(); ++lane) {
      Device& device = devices_[index];
      if (!device.lanes[lane].is_running()) continue;
      device.lanes[lane].draws(
          platform_.devices[index], device.machine_walks[lane], known_s_, to_s,
          [&](double start_s, double end_s, double power_W) { add_draw(start_s, end_s, power_W, known_s_, to_s); });
    }
  }
  peak_W_[phase_] = std::max(peak_W_[phase_], idle_W_ + highest_W());
}

void PeakPower::look_at_device(DeviceIndex index, double from_s, double to_s) {
  Device& device = devices_[index];
  if (device.transfers > 0) add_draw(device.links_since_s, for_ever_s, device.links_W, from_s, to_s);
  if (device.is_active()) add_draw(device.active_since_s, for_ever_s, device.active_W, from_s, to_s);
  for (std::size_t lane = 0; lane < device.lanes.size(); ++lane)
    if (device.lanes[lane].is_running())
      device.lanes[lane].draws(
          platform_.devices[index], device.device_walks[lane], from_s, to_s,
          [&](double start_s, double end_s, double power_W) { add_draw(start_s, end_s, power_W, from_s, to_s); });
  device.peak_W[phase_] = std::max(device.peak_W[phase_], device.idle_W + highest_W());
}

/// What a device draws alone is found when its work ends, in the device's peak.
double PeakPower::machine_peak_W(std::size_t phase) const {
  double peak_W = std::max(idle_W_, peak_W_[phase]);
  for (const Device& device : devices_) peak_W = std::max(peak_W, idle_W_ - device.idle_W + device.peak_W[phase]);
  return peak_W;
}

double PeakPower::most_beside_idle_W(double now_s) {
  pass(now_s);
  double most_W = 0;
  for (std::size_t p = 0; p < phase_count; ++p) most_W = std::max(most_W, machine_peak_W(p) - idle_W_);
  return most_W;
}

void PeakPower::fill(SimulationResult& result) {
  pass(result.time_s);
  for (std::size_t p = 0; p < phase_count; ++p) {
    if (result.phases[p].time_s <= 0) {
      result.phases[p].peak_power_W = 0;
      for (DeviceResult& device : result.devices) device.phase_peak_power_W[p] = 0;
      continue;
    }
    result.phases[p].peak_power_W = machine_peak_W(p);
    for (DeviceIndex i = 0; i < devices_.size(); ++i)
      result.devices[i].phase_peak_power_W[p] = std::max(devices_[i].idle_W, devices_[i].peak_W[p]);
  }
}

}  // namespace upmem_des

#include "service/course_recorder.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "upmem_des/platform/platform_spec.hpp"

namespace upmem_des {

namespace {

constexpr double never = std::numeric_limits<double>::infinity();

template <class Value, class Join>
void halve(std::vector<Value>& bins, const Join& join) {
  for (std::size_t i = 0; i < bins.size(); ++i) bins[i / 2] = i % 2 == 0 ? bins[i] : join(bins[i / 2], bins[i]);
  bins.resize((bins.size() + 1) / 2);
}

constexpr auto sum = [](auto a, auto b) { return a + b; };
constexpr auto least_of = [](auto a, auto b) { return std::min(a, b); };
constexpr auto most_of = [](auto a, auto b) { return std::max(a, b); };

template <class Value>
Value& at(std::vector<Value>& bins, std::size_t bin, Value fresh) {
  if (bin >= bins.size()) bins.resize(bin + 1, fresh);
  return bins[bin];
}

}  // namespace

CourseRecorder::CourseRecorder(std::size_t instances, double idle_W)
    : idle_W_(idle_W),
      tells_apart_(instances > 1 && instances <= ServingCourse::most_instances),
      instances_(instances) {}

std::size_t CourseRecorder::bin_of(double time_s) const {
  return static_cast<std::size_t>(time_s / width_s_);
}

void CourseRecorder::halve(Track& track) {
  using upmem_des::halve;
  for (Gauge& gauge : track.gauges) {
    halve(gauge.integral, sum);
    halve(gauge.least, least_of);
    halve(gauge.most, most_of);
  }
  for (std::vector<double>* amounts : {&track.energy_J, &track.tokens, &track.prompt_tokens}) halve(*amounts, sum);
  halve(track.steps, sum);
  halve(track.ended_tokens, sum);
  halve(track.least_tokens, least_of);
  halve(track.most_tokens, most_of);
}

/// A time is in the bin that ends with it.
void CourseRecorder::reach(double to_s) {
  while (to_s > width_s_ * static_cast<double>(ServingCourse::most_bins)) {
    width_s_ *= 2;
    halve(all_);
    if (tells_apart_)
      for (Instance& instance : instances_) halve(instance.track);
  }
}

/// The value as it has been until then.
void CourseRecorder::hold(Gauge& gauge, double to_s) const {
  if (to_s <= gauge.since_s) return;
  const std::size_t last = static_cast<std::size_t>(std::ceil(to_s / width_s_)) - 1;
  for (std::size_t i = bin_of(gauge.since_s); i <= last; ++i) {
    const double from_s = std::max(gauge.since_s, static_cast<double>(i) * width_s_);
    const double until_s = std::min(to_s, static_cast<double>(i + 1) * width_s_);
    if (until_s <= from_s) continue;
    at(gauge.integral, i, 0.0) += gauge.now * (until_s - from_s);
    double& least = at(gauge.least, i, never);
    double& most = at(gauge.most, i, -never);
    least = std::min(least, gauge.now);
    most = std::max(most, gauge.now);
  }
  gauge.since_s = to_s;
}

void CourseRecorder::set(Gauge& gauge, double now_s, double value) {
  if (value == gauge.now) return;
  hold(gauge, now_s);
  gauge.now = value;
}

void CourseRecorder::state(std::size_t instance, double now_s, std::int64_t running, std::int64_t waiting,
                           std::int64_t kv_blocks) {
  Instance& of = instances_[instance];
  const std::int64_t values[gauge_count] = {running, waiting, kv_blocks};
  reach(now_s);
  for (int i = 0; i < gauge_count; ++i) {
    if (values[i] == of.now[i]) continue;
    total_[i] += values[i] - of.now[i];
    of.now[i] = values[i];
    set(all_.gauges[i], now_s, static_cast<double>(total_[i]));
    if (tells_apart_) set(of.track.gauges[i], now_s, static_cast<double>(values[i]));
  }
}

void CourseRecorder::spread(std::vector<double>& bins, double from_s, double to_s, double amount) const {
  if (amount == 0) return;
  const std::size_t first = std::min(bin_of(from_s), ServingCourse::most_bins - 1);
  const std::size_t last = std::max(first + 1, static_cast<std::size_t>(std::ceil(to_s / width_s_))) - 1;
  at(bins, last, 0.0);
  if (first == last) {
    bins[first] += amount;
    return;
  }
  for (std::size_t i = first; i <= last; ++i) {
    const double begin_s = std::max(from_s, static_cast<double>(i) * width_s_);
    const double end_s = std::min(to_s, static_cast<double>(i + 1) * width_s_);
    bins[i] += amount * (end_s - begin_s) / (to_s - from_s);
  }
}

void CourseRecorder::count_step(Track& track, const ServingStep& step) const {
  spread(track.energy_J, step.start_s, step.end_s, step.energy_J);
  spread(track.tokens, step.start_s, step.end_s, static_cast<double>(step.tokens));
  spread(track.prompt_tokens, step.start_s, step.end_s, static_cast<double>(step.prompt_tokens));
  const std::size_t bin = std::max<std::size_t>(1, static_cast<std::size_t>(std::ceil(step.end_s / width_s_))) - 1;
  ++at<std::int64_t>(track.steps, bin, 0);
  at<std::int64_t>(track.ended_tokens, bin, 0) += step.tokens;
  std::int64_t& least = at<std::int64_t>(track.least_tokens, bin, INT64_MAX);
  std::int64_t& most = at<std::int64_t>(track.most_tokens, bin, 0);
  least = std::min(least, step.tokens);
  most = std::max(most, step.tokens);
}

void CourseRecorder::on_step(const ServingStep& step) {
  Instance& of = instances_[step.instance];
  const double from_s = std::max(step.start_s, of.stepped_to_s);
  const bool overlaps = step.start_s < of.stepped_to_s;
  if (step.end_s > from_s) {
    of.stepping_s += step.end_s - from_s;
    of.stepped_to_s = step.end_s;
  }
  if (!overlaps) of.host_s += std::max(0.0, step.end_s - step.start_s - step.devices_s);
  reach(step.end_s);
  count_step(all_, step);
  if (tells_apart_) count_step(of.track, step);
}

void CourseRecorder::transfer(std::size_t to, double start_s, double end_s, double energy_J) {
  reach(end_s);
  spread(all_.energy_J, start_s, end_s, energy_J);
  if (tells_apart_) spread(instances_[to].track.energy_J, start_s, end_s, energy_J);
}

CourseTrack CourseRecorder::folded(const Track& track, double end_s, double always_W) const {
  const auto bins = static_cast<std::size_t>(std::ceil(end_s / width_s_));
  const auto span_s = [&](std::size_t i) {
    return std::min(end_s, static_cast<double>(i + 1) * width_s_) - static_cast<double>(i) * width_s_;
  };
  CourseTrack course;
  BinnedGauge* const gauges[gauge_count] = {&course.running, &course.waiting, &course.kv_blocks};
  for (int k = 0; k < gauge_count; ++k) {
    Gauge gauge = track.gauges[k];
    hold(gauge, end_s);
    for (std::size_t i = 0; i < bins; ++i) {
      gauges[k]->mean.push_back(at(gauge.integral, i, 0.0) / span_s(i));
      gauges[k]->least.push_back(at(gauge.least, i, gauge.now));
      gauges[k]->most.push_back(at(gauge.most, i, gauge.now));
    }
  }
  const auto padded = [&](auto values) {
    values.resize(bins);
    return values;
  };
  course.tokens = padded(track.tokens);
  course.prompt_tokens = padded(track.prompt_tokens);
  course.steps = padded(track.steps);
  course.most_step_tokens = padded(track.most_tokens);
  course.least_step_tokens = padded(track.least_tokens);
  const std::vector<double> energy_J = padded(track.energy_J);
  const std::vector<std::int64_t> ended_tokens = padded(track.ended_tokens);
  for (std::size_t i = 0; i < bins; ++i) {
    const auto steps = static_cast<double>(course.steps[i]);
    course.mean_step_tokens.push_back(steps > 0 ? static_cast<double>(ended_tokens[i]) / steps : 0);
    if (steps == 0) course.least_step_tokens[i] = 0;
    course.power_W.push_back(energy_J[i] / span_s(i) + always_W);
  }
  return course;
}

ServingCourse CourseRecorder::course(double end_s) {
  reach(end_s);
  ServingCourse course;
  course.bin_s = width_s_;
  course.end_s = end_s;
  course.all = folded(all_, end_s, idle_W_);
  if (tells_apart_)
    for (const Instance& instance : instances_) course.instances.push_back(folded(instance.track, end_s, 0));
  return course;
}

std::vector<DeviceTime> CourseRecorder::device_times(std::vector<std::vector<std::size_t>> instances,
                                                     const std::vector<double>& works_s, double time_s) const {
  std::vector<DeviceTime> times(works_s.size());
  if (instances.size() == 1) instances.front().push_back(host_device);
  for (std::size_t i = 0; i < instances.size(); ++i)
    for (const std::size_t device : instances[i]) {
      times[device].host_s = host_s(i);
      times[device].waits_s = std::max(0.0, stepping_s(i) - host_s(i) - works_s[device]);
    }
  for (std::size_t i = 0; i < times.size(); ++i) {
    times[i].works_s = works_s[i];
    times[i].idle_s = std::max(0.0, time_s - works_s[i] - times[i].waits_s - times[i].host_s);
  }
  return times;
}

}  // namespace upmem_des

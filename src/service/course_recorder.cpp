#include "service/course_recorder.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "upmem_des/platform/platform_spec.hpp"

namespace upmem_des {

namespace {

constexpr double never = std::numeric_limits<double>::infinity();

constexpr auto sum = [](auto a, auto b) { return a + b; };
constexpr auto least_of = [](auto a, auto b) { return std::min(a, b); };
constexpr auto most_of = [](auto a, auto b) { return std::max(a, b); };

template <class Value>
Value& at(std::vector<Value>& bins, std::size_t bin, Value fresh) {
  if (bin >= bins.size()) bins.resize(bin + 1, fresh);
  return bins[bin];
}

}  // namespace

CourseRecorder::CourseRecorder(std::size_t instances, double idle_W, double most_W)
    : idle_W_(idle_W),
      most_W_(most_W - idle_W),
      tells_apart_(instances > 1 && instances <= ServingCourse::most_instances),
      bins_(ServingCourse::most_bins, instances > 1),
      power_([this](double from_s, double to_s, double power_W) { draw(all_, from_s, to_s, power_W); }),
      instances_(instances) {
  if (!tells_apart_) return;
  for (std::size_t i = 0; i < instances; ++i)
    instances_[i].power = PowerTrack(
        [this, i](double from_s, double to_s, double power_W) { draw(instances_[i].track, from_s, to_s, power_W); });
}

template <class Change>
void CourseRecorder::each_of(Track& track, const Change& change) {
  for (Gauge& gauge : track.gauges) {
    change(gauge.integral, sum, 0.0);
    change(gauge.least, least_of, never);
    change(gauge.most, most_of, -never);
  }
  for (std::vector<double>* amounts : {&track.energy_J, &track.tokens, &track.prompt_tokens})
    change(*amounts, sum, 0.0);
  change(track.most_W, most_of, 0.0);
  change(track.steps, sum, std::int64_t{0});
  change(track.ended_tokens, sum, std::int64_t{0});
  change(track.least_tokens, least_of, INT64_MAX);
  change(track.most_tokens, most_of, std::int64_t{0});
}

void CourseRecorder::cut(double time_s) {
  if (bins_.cut(time_s)) fold();
}

void CourseRecorder::fold() {
  const std::vector<std::size_t> bins = bins_.fold();
  const auto fold = [&](auto& values, const auto& join, auto /*fresh*/) {
    for (std::size_t i = 0; i < values.size(); ++i)
      values[bins[i]] = i > 0 && bins[i] == bins[i - 1] ? join(values[bins[i]], values[i]) : values[i];
    if (!values.empty()) values.resize(bins[values.size() - 1] + 1);
  };
  each_of(all_, fold);
  if (tells_apart_)
    for (Instance& instance : instances_) each_of(instance.track, fold);
}

/// The value as it has been until then.
void CourseRecorder::hold(Gauge& gauge, double to_s) const {
  if (to_s <= gauge.since_s) return;
  bins_.each(gauge.since_s, to_s, [&](std::size_t bin, double from_s, double until_s) {
    at(gauge.integral, bin, 0.0) += gauge.now * (until_s - from_s);
    double& least = at(gauge.least, bin, never);
    double& most = at(gauge.most, bin, -never);
    least = std::min(least, gauge.now);
    most = std::max(most, gauge.now);
  });
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
  for (int i = 0; i < gauge_count; ++i) {
    if (values[i] == of.now[i]) continue;
    total_[i] += values[i] - of.now[i];
    of.now[i] = values[i];
    set(all_.gauges[i], now_s, static_cast<double>(total_[i]));
    if (tells_apart_) set(of.track.gauges[i], now_s, static_cast<double>(values[i]));
  }
}

void CourseRecorder::spread(std::vector<double>& amounts, double from_s, double to_s, double amount) const {
  if (amount == 0) return;
  if (to_s <= from_s) at(amounts, bins_.bin_before(to_s), 0.0) += amount;
  bins_.each(from_s, to_s, [&](std::size_t bin, double begin_s, double end_s) {
    at(amounts, bin, 0.0) += begin_s == from_s && end_s == to_s ? amount : amount * (end_s - begin_s) / (to_s - from_s);
  });
}

void CourseRecorder::draw(Track& track, double from_s, double to_s, double power_W) {
  if (power_W <= 0) return;
  bins_.each(from_s, to_s, [&](std::size_t bin, double /*from*/, double /*to*/) {
    double& most_W = at(track.most_W, bin, 0.0);
    most_W = std::max(most_W, power_W);
  });
}

void CourseRecorder::count_step(Track& track, const ServingStep& step) const {
  spread(track.energy_J, step.start_s, step.end_s, step.energy_J);
  spread(track.tokens, step.start_s, step.end_s, static_cast<double>(step.tokens));
  spread(track.prompt_tokens, step.start_s, step.end_s, static_cast<double>(step.prompt_tokens));
  const std::size_t bin = bins_.bin_before(step.end_s);
  ++at<std::int64_t>(track.steps, bin, 0);
  at<std::int64_t>(track.ended_tokens, bin, 0) += step.tokens;
  std::int64_t& least = at<std::int64_t>(track.least_tokens, bin, INT64_MAX);
  std::int64_t& most = at<std::int64_t>(track.most_tokens, bin, 0);
  least = std::min(least, step.tokens);
  most = std::max(most, step.tokens);
}

void CourseRecorder::on_planned_step(const ServingStep& step) {
  // Others begin where one ends.
  if (step.start_s <= now_s_) cut(step.start_s);
  power_.add(step.start_s, step.end_s, step.most_W);
  if (tells_apart_) instances_[step.instance].power.add(step.start_s, step.end_s, step.most_W);
}

void CourseRecorder::pass(double now_s) {
  now_s_ = now_s;
  power_.reach(now_s);
  if (tells_apart_)
    for (Instance& instance : instances_) instance.power.reach(now_s);
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
  count_step(all_, step);
  if (tells_apart_) count_step(of.track, step);
  cut(step.end_s);
}

void CourseRecorder::transfer(std::size_t to, double start_s, double end_s, double energy_J) {
  spread(all_.energy_J, start_s, end_s, energy_J);
  if (tells_apart_) spread(instances_[to].track.energy_J, start_s, end_s, energy_J);
}

CourseTrack CourseRecorder::folded(const Track& track, double end_s, double always_W) const {
  Track kept = track;
  for (Gauge& gauge : kept.gauges) hold(gauge, end_s);
  const std::size_t bins = bins_.closed();
  each_of(kept, [&](auto& values, const auto& /*join*/, auto fresh) { values.resize(bins, fresh); });
  CourseTrack course;
  course.tokens = std::move(kept.tokens);
  course.prompt_tokens = std::move(kept.prompt_tokens);
  course.steps = std::move(kept.steps);
  course.most_step_tokens = std::move(kept.most_tokens);
  course.least_step_tokens = std::move(kept.least_tokens);
  BinnedGauge* const gauges[gauge_count] = {&course.running, &course.waiting, &course.kv_blocks};
  for (std::size_t i = 0; i < bins; ++i) {
    const double span_s = bins_.edges_s()[i + 1] - bins_.edges_s()[i];
    for (int k = 0; k < gauge_count; ++k) {
      gauges[k]->mean.push_back(kept.gauges[k].integral[i] / span_s);
      gauges[k]->least.push_back(kept.gauges[k].least[i]);
      gauges[k]->most.push_back(kept.gauges[k].most[i]);
    }
    const auto steps = static_cast<double>(course.steps[i]);
    course.mean_step_tokens.push_back(steps > 0 ? static_cast<double>(kept.ended_tokens[i]) / steps : 0);
    if (steps == 0) course.least_step_tokens[i] = 0;
    course.power_W.push_back(kept.energy_J[i] / span_s + always_W);
    // What a cache draws on its way is spread over all of its time.
    course.peak_power_W.push_back(std::max(course.power_W.back(), std::min(kept.most_W[i], most_W_) + always_W));
  }
  return course;
}

ServingCourse CourseRecorder::course(double end_s) {
  bins_.close(end_s);
  pass(never);
  fold();
  ServingCourse course;
  course.bin_s = bins_.length_s();
  course.end_s = end_s;
  course.all = folded(all_, end_s, idle_W_);
  if (course.bins() > 0) course.edges_s = bins_.edges_s();
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

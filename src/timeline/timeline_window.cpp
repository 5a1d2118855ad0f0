#include "upmem_des/timeline/timeline_window.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <string_view>
#include <utility>

#include "upmem_des/util/error.hpp"
#include "util/number_text.hpp"

namespace upmem_des {

namespace {

constexpr const char* option = "--timeline-window";
constexpr std::array<std::pair<std::string_view, double>, 5> units{
    {{"ms", 1e-3}, {"us", 1e-6}, {"µs", 1e-6}, {"ns", 1e-9}, {"s", 1}}};

[[noreturn]] void fail(const std::string& problem) {
  throw InputError({option}, problem + "; expected step=3, steps=0..2 or time=1ms..2.5ms");
}

std::int64_t step_number(const std::string& text) {
  std::int64_t step = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, step);
  if (error != std::errc() || stop != end || step < 0) fail("'" + text + "' is no step");
  return step;
}

double time_s(const std::string& text) {
  double value = 0;
  for (const auto& [unit, factor] : units) {
    if (text.size() <= unit.size() || text.compare(text.size() - unit.size(), unit.size(), unit) != 0) continue;
    if (!parse_number(text.substr(0, text.size() - unit.size()), value)) break;
    value *= factor;
    if (!std::isfinite(value) || value < 0) break;
    return value;
  }
  if (parse_number(text, value) && value == 0) return 0;
  fail("'" + text + "' is no time (a number with s, ms, us or ns)");
}

std::string time_text(double value_s) {
  const Scale scale = scale_for(value_s, "s");
  return rounded_plain(value_s / scale.factor, 6) + " " + scale.unit;
}

std::pair<std::string, std::string> range_of(const std::string& text) {
  const std::size_t dots = text.find("..");
  if (dots == std::string::npos) fail("'" + text + "' is no range");
  return {text.substr(0, dots), text.substr(dots + 2)};
}

}  // namespace

bool TimelineWindow::contains(std::int64_t step, double start_s) const {
  if (steps) return step >= steps->first && step <= steps->last;
  if (times) return start_s >= times->first_s && start_s < times->last_s;
  return true;
}

std::string TimelineWindow::str() const {
  if (steps && steps->first == steps->last) return "step " + std::to_string(steps->first);
  if (steps) return "steps " + std::to_string(steps->first) + " to " + std::to_string(steps->last);
  if (times) return time_text(times->first_s) + " to " + time_text(times->last_s);
  return "the whole run";
}

TimelineWindow parse_timeline_window(const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos) fail("'" + text + "'");
  const std::string key = text.substr(0, equals);
  const std::string value = text.substr(equals + 1);
  TimelineWindow window;
  if (key == "step") {
    const std::int64_t step = step_number(value);
    window.steps = {step, step};
  } else if (key == "steps") {
    const auto [first, last] = range_of(value);
    window.steps = {step_number(first), step_number(last)};
    if (window.steps->last < window.steps->first) fail("'" + value + "' runs backwards");
  } else if (key == "time") {
    const auto [first, last] = range_of(value);
    window.times = {time_s(first), time_s(last)};
    if (!(window.times->last_s > window.times->first_s)) fail("'" + value + "' is empty or runs backwards");
  } else {
    fail("unknown key '" + key + "'");
  }
  return window;
}

}  // namespace upmem_des

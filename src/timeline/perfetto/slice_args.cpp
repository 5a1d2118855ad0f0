#include "timeline/perfetto/slice_args.hpp"

#include <fmt/format.h>

#include <iterator>

#include "platform/device_names.hpp"
#include "timeline/activity_bound.hpp"
#include "upmem_des/trace/layer_event.hpp"
#include "upmem_des/util/stated.hpp"
#include "util/json_text.hpp"

namespace upmem_des {

namespace {

constexpr std::size_t most_link_names = 8;

class Object {
 public:
  void text(const char* key, const std::string& value) { put(key, json_text(value)); }
  void shape(const char* key, const Shape& value) { put(key, value.str()); }
  template <class Number>
  void number(const char* key, Number value) {
    put(key, fmt::format("{}", value));  // of a double, the shortest text that reads back as the same
  }
  void put(const char* key, const std::string& json) {
    fmt::format_to(std::back_inserter(text_), "{}\"{}\": {}", text_.empty() ? "{" : ", ", key, json);
  }
  std::string str() const { return text_ + "}"; }

 private:
  std::string text_;
};

void add_event(const ActivityRecord& activity, Object& args) {
  if (activity.event != nullptr) {
    args.text("type", activity.event->type.str());
    if (!activity.event->path.empty()) args.text("path", activity.event->path.str());
  }
  args.text("phase", to_string(activity.phase));
  if (activity.event != nullptr) {
    args.number("step", activity.event->step);
    args.number("seq", activity.event->seq);
  }
}

void add_times(const ActivityRecord& activity, Object& args) {
  if (is_stated(activity.energy_J)) args.number("energy_J", activity.energy_J);
  args.number("start_s", activity.start_s);
  args.number("time_s", activity.end_s - activity.start_s);
}

void add_compute(const ActivityRecord& activity, Object& args) {
  add_event(activity, args);
  if (const LayerEvent* const event = activity.event) {
    args.shape("input_shape", event->input_shape);
    if (event->weight_shape) args.shape("weight_shape", *event->weight_shape);
    args.shape("output_shape", event->output_shape);
  }
  args.number("flop", activity.flop);
  args.number("memory_bytes", activity.memory_bytes);
  add_times(activity, args);
  args.number("arithmetic_s", activity.compute_s);
  args.number("memory_s", activity.memory_s);
  args.text("bound", to_string(activity_bound(activity)));
}

std::string links_json(const PlatformSpec& platform, const RouteSpec& route) {
  std::string json;
  for (std::size_t i = 0; i < route.links.size() && i < most_link_names; ++i)
    json += (json.empty() ? "[" : ", ") + json_text(platform.links[route.links[i]].name);
  if (route.links.size() > most_link_names)
    json += fmt::format(", \"and {} more\"", route.links.size() - most_link_names);
  return json + "]";
}

void add_transfer(const PlatformSpec& platform, const ActivityRecord& activity, Object& args) {
  const RouteSpec& route = platform.routes[activity.stream];
  args.text("purpose", activity.purpose);
  if (route.is_collective()) {
    args.text("collective", route.collective);
  } else {
    args.text("from", platform.devices[route.from].name);
    args.text("to", device_set_name(platform, route.to));
  }
  args.put("links", links_json(platform, route));
  args.number("bytes", activity.bytes);
  if (activity.end_s > activity.start_s)
    args.number("bandwidth_Bps", activity.bytes / (activity.end_s - activity.start_s));
  add_times(activity, args);
  add_event(activity, args);
}

}  // namespace

std::string slice_args(const PlatformSpec& platform, const ActivityRecord& ended) {
  Object args;
  if (ended.kind == ActivityKind::Compute)
    add_compute(ended, args);
  else
    add_transfer(platform, ended, args);
  return args.str();
}

}  // namespace upmem_des

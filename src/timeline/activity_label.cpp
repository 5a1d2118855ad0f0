#include "timeline/activity_label.hpp"

namespace upmem_des {

std::string activity_label(const ActivityRecord& activity) {
  if (activity.event == nullptr) return "result";
  std::string label = activity.event->name.str().empty() ? activity.event->type.str() : activity.event->name.str();
  const std::string purpose = activity.purpose;
  if (!purpose.empty()) label += ": " + purpose;
  return label;
}

const OperatorColour& activity_colour(const ActivityRecord& activity) {
  if (activity.kind == ActivityKind::Transfer) return transfer_colour();
  return operator_colour(activity.event != nullptr ? operator_class(*activity.event) : OperatorClass::Other);
}

std::string route_name(const PlatformSpec& platform, RouteIndex route) {
  const RouteSpec& spec = platform.routes[route];
  return platform.devices[spec.from].name + " to " +
         (spec.broadcast() ? std::to_string(spec.to.size()) + " devices" : platform.devices[spec.to.front()].name);
}

std::string stream_name(const PlatformSpec& platform, const ActivityRecord& activity) {
  return activity.kind == ActivityKind::Compute ? platform.devices[activity.stream].name
                                                : route_name(platform, activity.stream);
}

}  // namespace upmem_des

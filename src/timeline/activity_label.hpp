/// What people call an activity and the stream that it is on.
#pragma once

#include <string>

#include "platform/platform_spec.hpp"
#include "result/activity_record.hpp"
#include "timeline/operator_colour.hpp"

namespace upmem_des {

/// The event's name, or its type where it has none, and what the activity is for: "q_proj", "q_proj: input",
/// "q_proj: all-reduce". "result" is the transfer that ends a run.
std::string activity_label(const ActivityRecord& activity);

/// By the class of the event's operator; of a transfer, transfer_colour().
const OperatorColour& activity_colour(const ActivityRecord& activity);

/// "HOST to dimm[2]", "HOST to 24 devices".
std::string route_name(const PlatformSpec& platform, RouteIndex route);

/// The device's name, or route_name().
std::string stream_name(const PlatformSpec& platform, const ActivityRecord& activity);

}  // namespace upmem_des

/// What people call an activity, and its colour.
#pragma once

#include <string>

#include "timeline/operator_colour.hpp"
#include "upmem_des/result/activity_record.hpp"

namespace upmem_des {

/// The event's name, or its type where it has none, and what the activity is for: "q_proj", "q_proj: input",
/// "q_proj: all-reduce". "result" is the transfer that ends a run.
std::string activity_label(const ActivityRecord& activity);

/// By the class of the event's operator; of a transfer, transfer_colour().
const OperatorColour& activity_colour(const ActivityRecord& activity);

}  // namespace upmem_des

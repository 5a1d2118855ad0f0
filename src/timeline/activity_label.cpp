#include "timeline/activity_label.hpp"

#include "upmem_des/trace/recognise.hpp"

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

}  // namespace upmem_des

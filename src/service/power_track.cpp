#include "service/power_track.hpp"

#include <algorithm>

namespace upmem_des {

void PowerTrack::reach(double now_s) {
  while (!changes_.empty() && changes_.top().at_s < now_s * (1 - least_share)) {
    const Change change = changes_.top();
    changes_.pop();
    if (change.at_s - since_s_ > least_share * change.at_s) {
      highest_W_ = std::max(highest_W_, sum_W_);
      if (tell_) tell_(since_s_, change.at_s, sum_W_);
      since_s_ = change.at_s;
    }
    sum_W_ += change.more_W;
  }
}

}  // namespace upmem_des

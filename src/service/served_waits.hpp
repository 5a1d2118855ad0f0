/// What requests spent their time with.
#pragma once

#include <vector>

#include "upmem_des/result/serving_course.hpp"

namespace upmem_des {

/// Of completed requests, all vectors in one order.
struct ServedTimes {
  std::vector<double> queued_s, time_to_first_token_s, end_to_end_s;
  std::vector<double> transfer_s;             ///< empty where none is sent anywhere
  bool transfers_before_first_token = false;  ///< else after it
};

/// By their time from end to end: tenths, the last of which is cut at 99 % and at 99.9 %. Classes without requests are
/// left out, and the last one goes to 1: of n requests, those of a class are numbers ⌈n · from⌉ to ⌈n · to⌉ − 1,
/// counted from 0.
std::vector<WaitClass> wait_classes(const ServedTimes& times);

/// Of all; 0 where there are none.
WaitParts mean_wait(const std::vector<WaitClass>& classes);

}  // namespace upmem_des

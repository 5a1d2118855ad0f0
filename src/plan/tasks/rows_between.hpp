/// Some rows of a tensor. Internal to the room.
#pragma once

#include "plan/tasks/value.hpp"

namespace upmem_des {

/// Less than this share of the rows is none: sums of shares are rounded.
constexpr double least_share_of_rows = 1e-12;

/// The rows of a tensor from one share of them to another, as a tensor of their own, which lies where they do: one of
/// its groups, or kept in its slices, so that what is brought somewhere is found there again. Valid until the next call
/// with the same tensor.
Value& rows_between(Value& value, double first, double last);

}  // namespace upmem_des

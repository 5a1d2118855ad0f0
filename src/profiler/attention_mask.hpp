/// What a mask of attention lets rows see. Internal to the room.
#pragma once

#include <torch/torch.h>

namespace upmem_des::profiler {

/// Does a row see rows after its own? Rows of padding do not count, which see all or none while others do not. The last
/// two sizes are looked at, of the first of all leading ones; of many rows some. False of a mask without elements or
/// memory.
bool sees_later_rows(const at::Tensor& mask);

}  // namespace upmem_des::profiler

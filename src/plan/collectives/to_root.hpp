/// Shares on their way to one device.
#pragma once

#include <functional>

#include "plan/collectives/group.hpp"
#include "plan/collectives/stage.hpp"

namespace upmem_des {

/// A gather: everyone sends the root what it has, or the host first, which sends on all of that together. `by_host`
/// says who does, by position; not the host itself.
Stages to_root(const Group& group, const std::vector<double>& shares, const std::function<bool(std::size_t)>& by_host);

}  // namespace upmem_des

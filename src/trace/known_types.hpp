/// The types that are known by their whole names. Internal to the room.
#pragma once

#include <vector>

#include "upmem_des/operation/operation.hpp"

namespace upmem_des {

/// Types that compute the same.
struct KnownTypes {
  Operation operation;
  std::vector<const char*> names;
};

/// A product or a part of attention that is nothing else than that.
operation::Product product(operation::Product::Second second);
operation::Attention attention(operation::Attention::Part part);

/// Each name is in one of them. Functions are those of PyTorch's interface and of its operators, without the
/// underscores around some of them.
const std::vector<KnownTypes>& known_types();

}  // namespace upmem_des

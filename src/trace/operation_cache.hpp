/// Operations whose texts were read before. Internal to the room.
#pragma once

#include <vector>

#include "operation/operation_text.hpp"
#include "upmem_des/util/name.hpp"

namespace upmem_des {

/// A network has some dozens of different operations, and says them again for every call.
class OperationCache {
 public:
  /// The operation that a text stands for. Throws InputError as operation_from() does.
  const Operation& find(Name text) {
    if (operations_.size() <= text.index()) operations_.resize(text.index() + 1);
    const Operation*& known = operations_[text.index()];
    if (known == nullptr) known = &keep(operation_from(text.str()));
    return *known;
  }

 private:
  std::vector<const Operation*> operations_;  ///< by Name::index()
};

}  // namespace upmem_des

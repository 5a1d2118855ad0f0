#include "cost/roofline/builtin_operators.hpp"

namespace upmem_des {

void add_free_operators(OperatorTable& table) {
  for (const char* type : {"Dropout", "dropout", "Identity", "Flatten", "flatten", "Unflatten", "reshape", "view",
                           "permute", "transpose", "squeeze", "unsqueeze", "dropout1d", "dropout2d", "Dropout2d"})
    table.add(type, Operator([](const OperatorCall&) { return OperatorWork(); }));
}

}  // namespace upmem_des

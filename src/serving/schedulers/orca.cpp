#include "serving/schedulers/orca.hpp"

namespace upmem_des {

void Orca::plan(double /*now_s*/, Pass& pass) {
  for (const std::uint32_t slot : running_) put(pass, slot, 1);
  while (waiting_->size() > 0 && seat_left())
    if (!admit_next(pass)) return;
}

}  // namespace upmem_des

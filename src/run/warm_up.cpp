#include "run/warm_up.hpp"

#include "run/input_digest.hpp"
#include "upmem_des/architecture/catalogue.hpp"
#include "upmem_des/util/error.hpp"

namespace upmem_des {

void warm_up() {
  try {
    program_digest();
    Catalogue::builtin();
  } catch (const InputError&) {
  }
}

}  // namespace upmem_des

#include "run/warm_up.hpp"

#include "architecture/catalogue.hpp"
#include "run/input_digest.hpp"
#include "util/error.hpp"

namespace upmem_des {

void warm_up() {
  try {
    program_digest();
    Catalogue::builtin();
  } catch (const InputError&) {
  }
}

}  // namespace upmem_des

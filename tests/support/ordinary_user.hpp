/// Tests of files that may not be read or written, also where tests are run by root, whom nothing stops.
#pragma once

#include <unistd.h>

namespace upmem_des::test {

/// Whom the rights of files bind, as long as this lives: root becomes nobody, others stay who they are. Files that the
/// test makes and has to reach are made after it.
class OrdinaryUser {
 public:
  OrdinaryUser() : was_root_(::geteuid() == 0), is_bound_(!was_root_ || ::seteuid(nobody) == 0) {}
  OrdinaryUser(const OrdinaryUser&) = delete;
  OrdinaryUser& operator=(const OrdinaryUser&) = delete;
  ~OrdinaryUser() {
    if (was_root_ && is_bound_ && ::seteuid(0) != 0) ::_exit(1);  // the tests that follow would be another's
  }

  /// False in a namespace that knows no user but root.
  bool is_bound() const { return is_bound_; }

 private:
  static constexpr uid_t nobody = 65534;
  bool was_root_;
  bool is_bound_;
};

}  // namespace upmem_des::test

/// Names that were looked up before. Internal to the room.
#pragma once

#include <string_view>
#include <vector>

#include "upmem_des/util/name.hpp"

namespace upmem_des {

/// Known names need not take the lock of the table of all names. Its size is fixed: of two names with one hash the
/// later replaces the earlier.
class NameCache {
 public:
  NameCache() : names_(slots) {}
  /// Throws InputError when too many names are in use.
  Name find(std::string_view text);

  static constexpr std::size_t slots = 8192;

 private:
  std::vector<Name> names_;
};

/// The names of one field by what came before. Networks repeat themselves: in the same place stands nearly always the
/// name that stood there last time, and to see that takes no hash.
class NamesInPlace {
 public:
  NamesInPlace() : names_(NameCache::slots) {}
  /// The name that stood there last time; empty where none has. To be replaced by the one that stands there now.
  Name& at(std::size_t place) { return names_[place % NameCache::slots]; }

 private:
  std::vector<Name> names_;
};

}  // namespace upmem_des

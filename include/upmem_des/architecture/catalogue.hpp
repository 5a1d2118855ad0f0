/// All device profiles that a run may name.
#pragma once

#include <string>
#include <vector>

#include "upmem_des/architecture/architecture.hpp"

namespace upmem_des {

struct YamlNode;

/// Profiles by name; a later profile of the same name replaces the earlier one.
class Catalogue {
 public:
  /// The files in the data folder's `architectures/`, in the order of their names.
  static Catalogue builtin();

  /// Throws InputError on a file that cannot be read, is no YAML, has an unknown key, lacks one or has a figure out of
  /// its range, which architectures/architecture.schema.json tells.
  void add_file(const std::string& path);

  /// Puts figures in place of those of known profiles: {H100: {mem_bw_GBs: 4800}}, names with hyphens or underscores,
  /// keys as in files. Throws InputError on an unknown name, and on what could not stand in the profile's file.
  void change(const YamlNode& changes);

  /// The profile of a name with hyphens or underscores, or nullptr.
  const Architecture* find(const std::string& name) const;

  /// Throws InputError at `where`: `key` for an unknown name, with the nearest known one.
  const Architecture& get(const std::string& name, const SourceLocation& where, const std::string& key) const;

  /// In the order in which names first appeared.
  const std::vector<Architecture>& all() const { return profiles_; }

 private:
  std::vector<Architecture> profiles_;
};

}  // namespace upmem_des

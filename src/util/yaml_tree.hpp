/// The tree of a YAML text. Internal to the room.
#pragma once

#include <cstddef>
#include <string>

#include "util/yaml.hpp"

namespace upmem_des {

/// What a text is to the user: a file, whose lines count, or the value that an option gives a key.
struct YamlSource {
  std::string origin;
  std::string key;
  bool has_lines = true;

  SourceLocation at(int line) const { return {origin, has_lines ? line : 0}; }
};

/// Reads a text of one document. Throws InputError as parse_yaml() does.
YamlNode yaml_tree(const std::string& text, const YamlSource& source);

}  // namespace upmem_des

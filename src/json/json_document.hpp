/// A JSON file that has been read.
#pragma once

#include <string_view>

#include "json/json_tree.hpp"

namespace upmem_des {

class JsonNode;

/// Has to live as long as its nodes.
class JsonDocument {
 public:
  /// `origin` stands for the file's name, `expected` says what it should be: "a result". `first_line`: see JsonSource.
  /// Throws InputError where JsonTree does.
  JsonDocument(std::string_view text, std::string_view origin, std::string_view expected, int first_line = 1)
      : tree_({text, origin, expected, first_line}) {}
  JsonDocument(const JsonDocument&) = delete;
  JsonDocument& operator=(const JsonDocument&) = delete;

  JsonNode root() const;

 private:
  JsonTree tree_;
};

}  // namespace upmem_des

#include "json/json_document.hpp"

#include "json/json_node.hpp"

namespace upmem_des {

JsonNode JsonDocument::root() const {
  return JsonNode(tree_, JsonTree::root);
}

}  // namespace upmem_des

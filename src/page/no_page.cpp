#include "page/page_template.hpp"

namespace upmem_des {

bool has_page() {
  return false;
}

std::string_view page_template() {
  return {};
}

}  // namespace upmem_des

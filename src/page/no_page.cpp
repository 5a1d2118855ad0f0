#include "page/explore_page.hpp"
#include "page/page_template.hpp"

namespace upmem_des {

bool has_page() {
  return false;
}

std::string_view page_template() {
  return {};
}

std::string_view explore_page() {
  return {};
}

}  // namespace upmem_des

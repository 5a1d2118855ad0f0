/// The page to explore.
#pragma once

#include <string_view>

namespace upmem_des {

/// A whole HTML document, made by scripts/build-page of src/page/web/src/explore, which asks the server that it came
/// from (explore/explore_server.hpp). Empty where has_page() is false.
std::string_view explore_page();

}  // namespace upmem_des

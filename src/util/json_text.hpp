/// Values as JSON text.
#pragma once

#include <string>

namespace upmem_des {

/// With quotes; quotes and what harmless_text.hpp calls harmful escaped, bytes that are no UTF-8 replaced by U+FFFD.
std::string json_text(const std::string& text);

}  // namespace upmem_des

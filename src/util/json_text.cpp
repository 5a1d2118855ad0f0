#include "util/json_text.hpp"

#include <nlohmann/json.hpp>

#include "util/harmless_text.hpp"

namespace upmem_des {

std::string json_text(const std::string& text) {
  return harmless_json(nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

}  // namespace upmem_des

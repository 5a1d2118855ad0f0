/// A config.json as Python writes it. Internal to the room.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "json/json_node.hpp"

namespace upmem_des {

/// The object that the file is, which keeps its document. Infinity, which Python writes where a number has no bound, is
/// a number beyond all that is read here. Throws InputError on anything but one JSON object.
std::shared_ptr<const JsonNode> read_config_json(std::string_view text, const std::string& origin);

/// A value of a document, or of what keeps one, which it keeps, too.
std::shared_ptr<const JsonNode> part_of(std::shared_ptr<const void> document, JsonNode part);

}  // namespace upmem_des

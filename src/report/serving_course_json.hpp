/// What a served result has for charts, as JSON and back. Internal to the room.
#pragma once

#include <nlohmann/json.hpp>

#include "json/json_node.hpp"
#include "upmem_des/result/serving_result.hpp"

namespace upmem_des {

/// Adds `waits`, `curves` and `course` to the section of a result that has a course. Numbers by time are rounded to
/// five digits.
void add_course_json(const ServingResult& result, nlohmann::ordered_json& section);

/// The other way round; leaves out what the section does not have.
void read_course(const JsonNode& section, ServingResult& result);

}  // namespace upmem_des

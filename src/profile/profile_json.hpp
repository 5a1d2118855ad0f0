/// Requests and replies as JSON, for the way to the profiler's process and back.
#pragma once

#include <string>

#include "profile/profile_reply.hpp"
#include "profile/profile_request.hpp"

namespace upmem_des {

/// Texts, file names among them, may hold any bytes: in the JSON each byte is the character of its number.
std::string to_json(const ProfileRequest& request);
std::string to_json(const ProfileReply& reply);

/// Throw SimulationError on what to_json() did not write.
ProfileRequest parse_profile_request(const std::string& json);
ProfileReply parse_profile_reply(const std::string& json);

}  // namespace upmem_des

/// upmem-des-profiler: what `upmem-des profile` and scenarios start to run a network with libtorch.
#include <c10/util/Exception.h>

#include <string>
#include <variant>

#include "profile/profiler_process.hpp"
#include "profile/reached_place.hpp"
#include "profiler/libtorch_message.hpp"
#include "profiler/profile_network.hpp"
#include "upmem_des/util/error.hpp"

namespace {

using namespace upmem_des;
using namespace upmem_des::profiler;

ProfileReply profile(const ProfileRequest& request, const std::string& trace_path) {
  try {
    if (const auto* script = std::get_if<ScriptRequest>(&request.network))
      return profile_script(*script, request, trace_path);
    return profile_decoder(std::get<DecoderRequest>(request.network), request, trace_path);
  } catch (const c10::Error& error) {
    const std::string line = libtorch_message(error);
    if (!is_out_of_memory(line)) throw InputError("libtorch: " + line);
    const std::string where = reached_place().text();
    throw SimulationError(network_of(request) + ": out of memory" + (where.empty() ? "" : " ") + where + ": " + line);
  }
}

}  // namespace

int main() {
  return answer_request(profile);
}

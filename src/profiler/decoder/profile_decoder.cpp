#include "profiler/decoder/decoder_profile.hpp"
#include "profiler/machine.hpp"
#include "profiler/profile_network.hpp"

namespace upmem_des::profiler {

ProfileReply profile_decoder(const DecoderRequest& decoder, const ProfileRequest& request,
                             const std::string& trace_path) {
  set_threads(request.threads);
  return DecoderProfile(decoder, request).run(trace_path);
}

}  // namespace upmem_des::profiler

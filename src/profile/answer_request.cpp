#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <new>

#include "profile/profile_json.hpp"
#include "profile/profiler_channel.hpp"
#include "profile/profiler_process.hpp"
#include "util/descriptor_io.hpp"
#include "util/error.hpp"

namespace upmem_des {

namespace {

bool is_socket(int descriptor) {
  int type = 0;
  socklen_t size = sizeof type;
  return ::getsockopt(descriptor, SOL_SOCKET, SO_TYPE, &type, &size) == 0;
}

using Profile = ProfileReply (*)(const ProfileRequest& request, const std::string& trace_path,
                                 const ReadingNotice& notice);

void send_notice(bool reading) {
  const char tag = reading ? reading_tag : read_tag;
  write_all(profiler_socket, {&tag, 1});
}

/// The socket's other end belongs to the program that started this one, if by way of others. One in another namespace
/// has no number.
bool parent_lives() {
  ucred peer = {};
  socklen_t size = sizeof peer;
  if (::getsockopt(profiler_socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0 || peer.pid <= 0) return true;
  return ::kill(peer.pid, 0) == 0 || errno != ESRCH;
}

std::string answer(Profile profile) {
  try {
    const ProfileRequest request = parse_profile_request(read_all(profiler_socket));
    return reply_tag + to_json(profile(request, "/dev/fd/" + std::to_string(profiler_trace), send_notice));
  } catch (const InputError& error) {
    return input_error_tag + std::string(error.what());
  } catch (const std::bad_alloc&) {
    return failure_tag + std::string("out of memory");
  } catch (const std::exception& error) {
    return failure_tag + std::string(error.what());
  }
}

}  // namespace

int answer_request(Profile profile) {
  if (!is_socket(profiler_socket) || ::fcntl(profiler_trace, F_GETFD) < 0) {
    std::fputs("upmem-des-profiler is started by other programs; see 'upmem-des profile --help'\n", stderr);
    return 2;
  }
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (!parent_lives()) return 1;
  for (const int descriptor : {profiler_socket, profiler_trace}) ::fcntl(descriptor, F_SETFD, FD_CLOEXEC);
  const bool sent = write_all(profiler_socket, answer(profile));
  std::fflush(nullptr);
  return sent ? 0 : 1;
}

}  // namespace upmem_des

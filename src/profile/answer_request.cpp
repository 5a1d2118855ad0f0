#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <new>

#include "profile/profile_json.hpp"
#include "profile/profiler_channel.hpp"
#include "profile/profiler_process.hpp"
#include "profile/reached_place.hpp"
#include "upmem_des/util/error.hpp"
#include "util/descriptor_io.hpp"

namespace upmem_des {

namespace {

bool is_socket(int descriptor) {
  int type = 0;
  socklen_t size = sizeof type;
  return ::getsockopt(descriptor, SOL_SOCKET, SO_TYPE, &type, &size) == 0;
}

using Profile = ProfileReply (*)(const ProfileRequest& request, const std::string& trace_path);

/// The socket's other end belongs to the program that started this one, if by way of others. One in another namespace
/// has no number.
bool parent_lives() {
  ucred peer = {};
  socklen_t size = sizeof peer;
  if (::getsockopt(profiler_socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0 || peer.pid <= 0) return true;
  return ::kill(peer.pid, 0) == 0 || errno != ESRCH;
}

/// `problem` of the request's network, and where it came up.
std::string told(const ProfileRequest& request, const char* problem) {
  const std::string where = reached_place().text();
  return failure_tag + network_of(request) + ": " + problem + (where.empty() ? "" : " ") + where;
}

std::string answer(Profile profile) {
  ProfileRequest request;
  try {
    request = parse_profile_request(read_all(profiler_socket));
    return reply_tag + to_json(profile(request, "/dev/fd/" + std::to_string(profiler_trace)));
  } catch (const InputError& error) {
    return input_error_tag + std::string(error.what());
  } catch (const std::bad_alloc&) {
    return told(request, "out of memory");
  } catch (const std::exception& error) {
    return failure_tag + std::string(error.what());
  } catch (...) {
    return told(request, "something was thrown that says nothing");
  }
}

/// Where memory runs out Linux ends the network, and nothing else of this machine's.
void be_first_to_die() {
  std::ofstream("/proc/self/oom_score_adj") << 1000;
}

}  // namespace

int answer_request(Profile profile) {
  if (!is_socket(profiler_socket) || ::fcntl(profiler_trace, F_GETFD) < 0) {
    std::fputs("upmem-des-profiler is started by other programs; see 'upmem-des profile --help'\n", stderr);
    return 2;
  }
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (!parent_lives()) return 1;
  be_first_to_die();
  share_place(profiler_place);
  for (const int descriptor : {profiler_socket, profiler_trace, profiler_place})
    ::fcntl(descriptor, F_SETFD, FD_CLOEXEC);
  const bool sent = write_all(profiler_socket, answer(profile));
  std::fflush(nullptr);
  return sent ? 0 : 1;
}

}  // namespace upmem_des

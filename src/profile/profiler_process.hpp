/// The profiler's own process: what uses libtorch is the program upmem-des-profiler.
#pragma once

#include <functional>
#include <string>

#include "profile/profile_reply.hpp"
#include "profile/profile_request.hpp"
#include "util/unnamed_file.hpp"

namespace upmem_des {

/// The program upmem-des-profiler: $UPMEM_DES_PROFILER if set; else beside the program that runs or in
/// ../libexec/upmem-des beside it; else where this library was built or installed. Throws InputError, saying how to get
/// it, where there is none.
std::string profiler_program();

/// Throws InputError when a file that the request names is not there. The profiler does too; this costs no process.
void check_files(const ProfileRequest& request);

struct ProfilerOptions {
  /// What libtorch says on standard error goes to ours; else it is kept for the message of a profiler that dies.
  bool verbose = false;
};

/// Profiles in a process of its own, into `trace`. What the network itself prints goes to our standard error. Throws
/// InputError with the profiler's message on bad input, and when it crashes while it reads a file; SimulationError when
/// it dies otherwise (out of memory, a crash in the network) or cannot be started. When the calling thread ends, so does
/// the profiler.
ProfileReply run_profiler(const ProfileRequest& request, const UnnamedFile& trace, const ProfilerOptions& options = {});

/// To be told when the reading of the network's file begins (true) and ends (false).
using ReadingNotice = std::function<void(bool reading)>;

/// The profiler's side, called by upmem-des-profiler's main(): reads the request from the process that started it,
/// calls `profile` and sends back its reply, or what it threw. Returns the exit code.
int answer_request(ProfileReply (*profile)(const ProfileRequest& request, const std::string& trace_path,
                                           const ReadingNotice& notice));

}  // namespace upmem_des

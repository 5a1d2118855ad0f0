/// Networks are run in processes of their own: what uses libtorch is the program upmem-des-profiler; archives of
/// torch.export are run by Python.
#pragma once

#include <string>
#include <vector>

#include "profile/profile_reply.hpp"
#include "profile/profile_request.hpp"
#include "util/unnamed_file.hpp"

namespace upmem_des {

/// The program upmem-des-profiler: $UPMEM_DES_PROFILER if set; else beside the program that runs or in
/// ../libexec/upmem-des beside it; else where this library was built or installed. Throws InputError, saying how to get
/// it, where there is none.
std::string profiler_program();

/// The files that run a network: that program, or Python and its script. Throws InputError, saying how to get them,
/// where they are not there.
std::vector<std::string> programs_of(const ProfileRequest& request);

/// Throws InputError when a file that the request names is not there. The profiler does too; this costs no process.
void check_files(const ProfileRequest& request);

/// The file or folder that a request names.
const std::string& network_of(const ProfileRequest& request);

struct ProfilerOptions {
  /// What libtorch says on standard error goes to ours; else it is kept for the message of a profiler that dies.
  bool verbose = false;
  double limit_s = 0;  ///< after which it is ended; 0: never
};

/// Profiles in a process of its own, into `trace`. What the network itself prints goes to our standard error. Throws
/// InputError with the profiler's message on bad input, and when it crashes while it reads a file or loads a library;
/// SimulationError when it dies otherwise (out of memory, a crash in the network), with the layer or function that
/// began last, when it takes too long, or cannot be started. When the calling thread ends, so does the profiler. Of an
/// archive of torch.export as run_exported() does.
ProfileReply run_profiler(const ProfileRequest& request, const UnnamedFile& trace, const ProfilerOptions& options = {});

/// The profiler's side, called by upmem-des-profiler's main(): reads the request from the process that started it,
/// calls `profile` and sends back its reply, or what it threw. Returns the exit code.
/// Where the network has come to is kept in reached_place().
int answer_request(ProfileReply (*profile)(const ProfileRequest& request, const std::string& trace_path));

}  // namespace upmem_des

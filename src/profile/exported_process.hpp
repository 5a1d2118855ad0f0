/// Archives of torch.export are run by Python: scripts/capture_torch.py, in a process of its own.
#pragma once

#include <string>
#include <vector>

#include "profile/profile_reply.hpp"
#include "profile/profile_request.hpp"
#include "profile/profiler_process.hpp"
#include "util/unnamed_file.hpp"

namespace upmem_des {

/// A Python that has torch.export: $UPMEM_DES_PYTHON if set; else /usr/bin/python3 or the first python3 of the PATH.
/// Throws InputError, saying what they lack, where there is none.
std::string exporting_python();

/// The script and what it is made of. Throws InputError where it is not there.
std::vector<std::string> exporting_script();

/// Runs an ExportedRequest with exporting_python() and writes its trace. Throws InputError with the script's message on
/// bad input; SimulationError where Python dies otherwise, takes longer than options.limit_s or cannot be started.
ProfileReply run_exported(const ProfileRequest& request, const UnnamedFile& trace, const ProfilerOptions& options);

}  // namespace upmem_des

/// Archives of torch.export are run by Python: scripts/capture_torch.py, in a process of its own.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "profile/input_value.hpp"
#include "profile/profile_reply.hpp"
#include "profile/profiler_process.hpp"
#include "util/unnamed_file.hpp"

namespace upmem_des {

/// A program that torch.export.save() has written, and what it is called with.
struct ExportedRequest {
  std::string file;
  std::vector<InputValue> inputs;  ///< none: the example inputs that the archive has
  std::int64_t repeat = 1;         ///< recorded calls; the first is prefill, later ones decode
  std::int64_t warmup = 0;         ///< calls before, not recorded
  std::uint64_t seed = 0;
  std::int64_t threads = 0;  ///< that PyTorch computes with; 0: its own choice
};

/// A Python that has torch.export: $UPMEM_DES_PYTHON if set; else /usr/bin/python3 or the first python3 of the PATH.
/// Throws InputError, saying what they lack, where there is none.
std::string exporting_python();

/// Runs the program with exporting_python() and writes its trace. Throws InputError with the script's message on bad
/// input; SimulationError where Python dies otherwise, takes longer than options.limit_s or cannot be started.
ProfileReply run_exported(const ExportedRequest& request, const UnnamedFile& trace,
                          const ProfilerOptions& options = {});

}  // namespace upmem_des

/// The options of `profile`.
#pragma once

#include <CLI/App.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "cli/decoder_options.hpp"
#include "profile/profile_request.hpp"
#include "report/call_reports.hpp"

namespace upmem_des {

struct ProfileOptions {
  std::string torchscript;
  std::string exported;
  std::vector<std::string> inputs;
  std::vector<std::string> operator_libraries;
  std::string model;
  DecoderRunOptions run;
  bool routed_by_rule = false;  ///< --routing was given
  SamplingOptions sampling;
  std::string prompt;
  bool prompt_given = false;
  std::string prompt_ids;
  std::int64_t repeat = 1;
  std::int64_t warmup = 0;
  std::uint64_t seed = 0;
  std::int64_t threads = 0;
  double limit_s = 0;  ///< 0: none
  bool sim_compute = false;
  std::string output;
  std::string json;
  CallReports reports;

  /// The trace goes to standard output, where nothing else may be then.
  bool trace_on_standard_output() const { return output == "-" || output == "/dev/stdout"; }
};

/// Adds the options to a subcommand; `parsed` is called once they were parsed and found to go together. CLI::ParseError
/// comes out of parsing where they do not.
void add_profile_options(CLI::App& command, const std::shared_ptr<ProfileOptions>& options,
                         const std::function<void()>& parsed);

/// Throws InputError on names and inputs that there are not ("--dtype: unknown value …").
ProfileRequest profile_request(const ProfileOptions& options);

}  // namespace upmem_des

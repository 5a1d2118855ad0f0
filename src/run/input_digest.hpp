/// What decides a run's numbers, as one number.
#pragma once

#include <string>

#include "run/input_files.hpp"
#include "scenario/scenario.hpp"
#include "upmem_des/platform/platform_spec.hpp"

namespace upmem_des {

/// 32 hexadecimal digits of the program's own file (and the profiler's, where one is to run), all that the scenario
/// says with its defaults, the contents of every file that it refers to, and the machine with all its figures.
/// `platform` is the scenario's: PreparedRun::platform(), or of a network that is still to be profiled what
/// check_unprofiled() gives; `files` are the scenario's, digested before they were read. A trace that has been read
/// counts as it was then.
///
/// What decides no number does not count: comments and the order of keys in the scenario's file, its name and folder
/// and those of the files, and the scenario's title. The same program and inputs give the same digits on every
/// machine. Throws InputError on a file that cannot be read, and on a trace in memory.
std::string input_digest(const Scenario& scenario, const PlatformSpec& platform, const InputFiles& files);
/// The same with the files as they are now.
std::string input_digest(const Scenario& scenario, const PlatformSpec& platform);

/// Of the program that runs, whatever its file is called or holds by now: another build of a version may give other
/// numbers. Found once, since a sweep has many points.
const std::string& program_digest();

}  // namespace upmem_des

/// Where a scenario is that is named on a command line or in a sweep.
#pragma once

#include <string>

namespace upmem_des {

/// `path` itself where there is such a file or it is "-", standard input; else the first of these that exists, each
/// with `.yaml` added too: in the working folder, in the data folder's scenarios/, in the data folder. So
/// "llama-2-7b_4chip" is a name. Throws InputError where there is none, with the file that may have been meant: one
/// beside `path`, or of the data folder's scenarios/ ("did you mean 'serving/one_gpu'?").
std::string find_scenario(const std::string& path);

}  // namespace upmem_des

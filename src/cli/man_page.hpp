/// Manual pages, made from the command line's own description.
#pragma once

#include <string>

#include "cli/command_description.hpp"

namespace upmem_des {

/// A page in troff's man macros. `above`: what comes before the command's name ("" of the program itself). A page has
/// all that is below its command, but the program's only names its commands, each of which has a page of its own:
/// upmem-des-run(1). `version` is the program's.
std::string man_page(const CommandDescription& command, const std::string& above, const std::string& version);

}  // namespace upmem_des

/// What shells read to complete upmem-des' command line.
#pragma once

#include <string>

#include "cli/command_description.hpp"

namespace upmem_des {

/// Each: a script for the shell, made from the description of the whole command line. It completes subcommands,
/// options, files where an option or an argument is one, and choices.
std::string bash_completion(const CommandDescription& program);
std::string zsh_completion(const CommandDescription& program);
std::string fish_completion(const CommandDescription& program);

}  // namespace upmem_des

/// The command line as plain data: what completions and manual pages are made from, so that both say what --help says.
#pragma once

#include <CLI/App.hpp>
#include <cstdint>
#include <string>
#include <vector>

namespace upmem_des {

struct OptionDescription {
  enum class Takes : std::uint8_t {
    Nothing,  ///< a flag
    File,
    Folder,
    Word  ///< anything else
  };
  std::vector<std::string>
      names;          ///< with their hyphens, the short ones first; of a positional argument what it is called
  std::string value;  ///< what the help calls its value: FILE, KEY=VALUE, N=16
  std::string text;   ///< a line
  Takes takes = Takes::Nothing;
  std::vector<std::string> choices;  ///< that a shell may offer
  bool is_positional = false;
  bool is_required = false;
  bool repeats = false;
};

struct CommandDescription {
  std::string name;  ///< the last word of the command
  std::string text;
  std::string footer;
  std::vector<OptionDescription> options;  ///< positional arguments first
  std::vector<CommandDescription> commands;
};

/// `app` and all subcommands that its help shows.
CommandDescription describe(CLI::App& app);

}  // namespace upmem_des

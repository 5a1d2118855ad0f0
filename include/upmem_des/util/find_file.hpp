/// Where files are that are named on a command line, in a scenario or in a sweep: the reader's own, or those that come
/// with the program.
#pragma once

#include <string>

namespace upmem_des {

/// What a path is to name. It decides which folders of the data folder are looked into, and which ending may be left
/// out.
enum class FileKind {
  scenario,  ///< scenarios/, but for its sweeps; ".yaml"
  model,     ///< scenarios/, then scenarios/models/; ".json", or a folder with a config.json
  platform,  ///< platforms/; ".yaml"
  other,     ///< scenarios/; no ending is left out
};

/// Where `path` leads: the first of these that exists: below `beside` (the folder of the file that names it, "." on a
/// command line), below those folders of the data folder, below the data folder; then in the same order with the ending
/// that may be left out. So "llama-2-7b_4chip" is a scenario and "llama-2-7b" a model. Where nothing exists, below
/// `beside`. An absolute path is sought nowhere else.
std::string find_data_file(const std::string& path, const std::string& beside, FileKind kind = FileKind::other);

/// "; did you mean 'X'?" for a file of nearly the same name in the first of those places that has one, or "".
std::string similar_data_file(const std::string& path, const std::string& beside, FileKind kind = FileKind::other);

/// Of a command line: `path` itself where there is such a file or it is "-", standard input; else what find_data_file()
/// finds. Throws InputError where there is none, with the file that may have been meant.
std::string find_named_file(const std::string& path, FileKind kind);

}  // namespace upmem_des

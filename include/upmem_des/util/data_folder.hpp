/// The files that come with the program: architectures/, platforms/, scenarios/.
#pragma once

#include <string>
#include <vector>

namespace upmem_des {

/// The folder that holds them: $UPMEM_DES_DATA if set, else `../share/upmem-des` beside the program, else the one
/// installed with the library, else the source tree that the library was built from. Throws InputError when none has
/// an `architectures` folder.
std::string data_folder();

/// The files of a folder under the data folder with that ending, sorted by name.
std::vector<std::string> data_files(const std::string& folder, const std::string& ending);

/// The files of that ending in a folder under the data folder and in the folders in it, but for those called `without`:
/// what follows the folder's name, sorted.
std::vector<std::string> data_files_below(const std::string& folder, const std::string& ending,
                                          const std::string& without);

/// Where a relative `path` leads: below `beside` (the folder of the file that names it), else below the data folder's
/// `subfolder`, else below the data folder; where none of them exists, below `beside`. Absolute paths stay.
std::string find_data_file(const std::string& path, const std::string& beside,
                           const std::string& subfolder = "scenarios");

/// "; did you mean 'X'?" for a file of nearly the same name in the first of those places that has one, or "".
std::string similar_data_file(const std::string& path, const std::string& beside,
                              const std::string& subfolder = "scenarios");

}  // namespace upmem_des

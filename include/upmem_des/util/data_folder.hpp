/// The files that come with the program: architectures/, platforms/, scenarios/.
#pragma once

#include <string>
#include <vector>

namespace upmem_des {

/// The folder that holds them: $UPMEM_DES_DATA if set, else `../share/upmem-des` beside the program, else the one of
/// linked_installation(), else where the library was to be installed, else the source tree that it was built from.
/// Throws InputError when none has an `architectures` folder.
std::string data_folder();

/// Where the library that this program links is installed ("/usr", "/home/user/.local"), as its CMake package told the
/// program's build; "" in programs that were linked in another way, `upmem-des` itself among them.
std::string linked_installation();

/// The files of a folder under the data folder with that ending, sorted by name.
std::vector<std::string> data_files(const std::string& folder, const std::string& ending);

/// The files of that ending in a folder under the data folder and in the folders in it, but for those called `without`:
/// what follows the folder's name, sorted.
std::vector<std::string> data_files_below(const std::string& folder, const std::string& ending,
                                          const std::string& without);

}  // namespace upmem_des

/// Where paths lead.
#pragma once

#include <filesystem>
#include <string>

namespace upmem_des {

/// The folder that a path is in: "." for a bare name.
std::string folder_of(const std::filesystem::path& path);

/// The descriptor that a path such as /dev/stdin, /dev/fd/3 or /proc/self/fd/3 stands for, or -1. Such a path is not
/// opened by its name where the stream is led to a file: that would start at, or cut, the file's beginning.
int stream_named(const std::filesystem::path& path);

/// Where symbolic links lead, whether or not something is there, up to the name of an open stream. Throws InputError
/// where they lead in a circle.
std::filesystem::path follow_links(const std::string& path);

}  // namespace upmem_des

/// Architecture files: YAML with a profile for each device name.
#pragma once

#include <string>
#include <vector>

#include "upmem_des/architecture/architecture.hpp"
#include "util/yaml.hpp"

namespace upmem_des {

/// The device that layers run on when no other is named. Its profile stands in the files like any other.
inline constexpr const char* host_name = "HOST";

/// Reads the profiles of a file, in its order. Numbers are finite, bandwidths and arithmetic above 0, energies 0 or
/// more where they are stated, efficiencies above 0 and at most 1. Throws InputError on anything else, an unknown key,
/// or an empty file. A file that holds what it held the last time is not parsed again.
std::vector<Architecture> read_architectures(const std::string& path);

/// The same of a text; `path` stands for the file's name in messages.
std::vector<Architecture> parse_architectures(const std::string& text, const std::string& path);

/// The profile of that name in a file that read_architectures() has read, with `changes`, keys of a profile, in place
/// of what the file says: maps key by key. Throws InputError, naming the change, where the file could not say so.
Architecture read_changed_architecture(const std::string& path, const std::string& name, const YamlNode& changes);

/// "PIM-AI-4chip" and "PIM_AI_4chip" are one device: the form with underscores.
std::string canonical_device_name(std::string name);

}  // namespace upmem_des

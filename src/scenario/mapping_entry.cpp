#include "scenario/mapping_entry.hpp"

#include "util/error.hpp"

namespace upmem_des {

MappingEntry mapping_entry(const std::string& layer, const std::string& text, const SourceLocation& where) {
  MappingEntry entry;
  entry.layer = layer;
  entry.where = where;
  if (text.empty())
    throw InputError(where, entry.key(), "empty; expected a device, or a device and flags such as PIM-AI-4chip,t");
  const std::size_t comma = text.find(',');
  entry.device = text.substr(0, comma);
  if (comma != std::string::npos) {
    const std::size_t second = text.find(',', comma + 1);
    entry.flags = text.substr(comma + 1, second == std::string::npos ? second : second - comma - 1);
    if (second != std::string::npos) entry.more = text.substr(second + 1);
  }
  if (entry.device.empty())
    throw InputError(where, entry.key(), "no device before the comma; expected one such as PIM-AI-4chip,t");
  return entry;
}

void check_default_device(const MappingEntry& entry) {
  if (!entry.flags.empty() || !entry.more.empty())
    throw InputError(entry.where, entry.key(), "flags on the default device; expected them on named layers only");
}

}  // namespace upmem_des

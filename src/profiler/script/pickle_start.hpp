/// What Python's pickles begin with. Internal to the room.
#pragma once

#include <string>
#include <string_view>

namespace upmem_des::profiler {

/// What a pickle holds, as far as its first instructions tell.
struct PickleStart {
  enum class Kind { Unknown, Dictionary, List, Tuple, Object };
  Kind kind = Kind::Unknown;
  std::string type;  ///< of an object, or the function that makes it: "torch.nn.modules.container.Sequential"
};

/// Looks at instructions, and runs none. `bytes` may be cut off anywhere.
PickleStart pickle_start(std::string_view bytes);

/// Without the pickles that torch.save() wrote first before it wrote zip files (a number that marks the file, the
/// version, sizes of the machine's types); empty where `bytes` do not begin with these.
std::string_view behind_old_torch_header(std::string_view bytes);

}  // namespace upmem_des::profiler

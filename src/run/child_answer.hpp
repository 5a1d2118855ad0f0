/// Work in a process of its own.
#pragma once

#include <functional>
#include <string>

namespace upmem_des {

/// What `work` gives in a child process, which ends with this one. What it throws is thrown here: InputError as it is,
/// anything else as SimulationError. The program must not be multi-threaded at that time (it forks), nor have begun a
/// simulation: the child would inherit SimGrid's engine.
std::string answer_of_child(const std::function<std::string()>& work);

}  // namespace upmem_des

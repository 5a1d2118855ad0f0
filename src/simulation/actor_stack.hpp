/// Memory for the stacks of actors. Internal to the room.
#pragma once

#include <cstdint>

namespace upmem_des {

/// An actor's stack and the page that guards it make a whole size of the allocator. Exceptions with long messages are
/// what needs most of it; without optimisation, and with sanitizers, frames are several times as large.
#if defined(__SANITIZE_ADDRESS__)
inline constexpr std::int64_t stack_KiB = 2044;
#elif !defined(__OPTIMIZE__)
inline constexpr std::int64_t stack_KiB = 508;
#else
inline constexpr std::int64_t stack_KiB = 252;
#endif

/// Throws SimulationError where there is no memory, or no further mapping, for the stack of one more actor: SimGrid
/// would abort the process. `actors` is how many there are.
void expect_stack(std::int64_t actors);

}  // namespace upmem_des

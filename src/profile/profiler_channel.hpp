/// How a program and the profiler's process talk. Internal to the room.
#pragma once

namespace upmem_des {

/// Descriptors of the profiler's process: a socket on which the request comes (to its end) and the answer goes, the
/// trace's file, and the memory of a SharedPlace.
constexpr int profiler_socket = 3;
constexpr int profiler_trace = 4;
constexpr int profiler_place = 5;

/// The answer's first character.
constexpr char reply_tag = 'R';
constexpr char input_error_tag = 'I';
constexpr char failure_tag = 'S';

}  // namespace upmem_des

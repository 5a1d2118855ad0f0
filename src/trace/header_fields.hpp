/// The first line of a trace. Internal to the room.
#pragma once

#include <string_view>

#include "lines/line_reader.hpp"
#include "upmem_des/trace/event_source.hpp"
#include "upmem_des/util/error.hpp"

namespace upmem_des {

/// Reads the header from the line that `lines` has just read. Throws InputError on anything but a header of version 1.
TraceHeader read_header(const LineReader& lines, std::string_view line, const SourceLocation& where);

}  // namespace upmem_des

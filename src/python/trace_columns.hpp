/// A trace as columns, for tables.
#pragma once

#include <pybind11/pybind11.h>

#include <string>

namespace upmem_des {

/// All events of a trace file: a dictionary with `header`, a dictionary, and `columns`, a dictionary of lists of one
/// length, in the file's order. Shapes, deps and experts are tuples; what an event does not have is None. Columns that
/// no event has anything in are left out, but for those that every trace has. Throws InputError as JsonlReader does.
pybind11::dict trace_columns(const std::string& path);

}  // namespace upmem_des

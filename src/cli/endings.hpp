/// How the program ends when it does not come to its end.
#pragma once

namespace upmem_des {

/// From now on the program says in one line that memory has run out, and ends with exit code 1. May be called before
/// anything of the program or of its libraries is made: needs no memory itself.
void end_where_memory_runs_out();

/// From now on: signals that end the program remove temporary files first, and then end it as ever; where memory runs
/// out, and where a library calls abort(), the program says so in one line and ends with exit code 1; a file that
/// becomes larger than allowed is an error of its writer. Signals that are ignored stay so.
void end_tidily();

}  // namespace upmem_des

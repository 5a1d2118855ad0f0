#include "trace/event_table.hpp"

namespace upmem_des {

const FieldTable& event_table() {
  static const FieldTable table{
      {"seq",          "kind",         "type",    "name",    "id",       "phase",       "step",  "input_shape",
       "weight_shape", "output_shape", "path",    "map_key", "start_ns", "duration_ns", "deps",  "experts",
       "kv_length",    "stride",       "padding", "causal",  "op",       "ends_pass",   "slices"},
      (1U << (OutputShape + 1)) - 1};
  return table;
}

}  // namespace upmem_des

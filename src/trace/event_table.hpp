/// The fields of an event's line. Internal to the room.
#pragma once

#include <cstddef>

#include "trace/json_line.hpp"

namespace upmem_des {

/// Indices into event_table().names. Those up to OutputShape are required.
enum EventField : std::size_t {
  Seq,
  Kind,
  Type,
  NameField,
  Id,
  PhaseField,
  Step,
  InputShape,
  WeightShape,
  OutputShape,
  Path,
  MapKey,
  StartNs,
  DurationNs,
  Deps,
  Experts,
  KvLength,
  Stride,
  Padding,
  Causal,
  Op,
  EndsPass,
  Slices
};

const FieldTable& event_table();

}  // namespace upmem_des

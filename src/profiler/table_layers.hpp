/// Layers that look up rows of tables. Internal to the room.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "profiler/parameter_table.hpp"
#include "profiler/recorder.hpp"

namespace upmem_des::profiler {

/// That a table is a head's matrix too may be known only after its first use: where a function multiplies by it.
class TableLayers {
 public:
  /// `layer` has so many rows of `table`; both stay where they are.
  void add(LayerInfo& layer, std::int64_t rows, const ParameterTable::Parameter& table);

  /// Brings layers, and events of a pass that has ended, up to date.
  void complete(std::vector<LayerEvent>& events);

 private:
  struct Table {
    LayerInfo* layer;
    std::int64_t rows;
    const ParameterTable::Parameter* table;
  };

  std::unordered_map<std::int64_t, Table> by_id_;
};

}  // namespace upmem_des::profiler

#include "profiler/table_layers.hpp"

#include "profiler/layer_operation.hpp"

namespace upmem_des::profiler {

void TableLayers::add(LayerInfo& layer, std::int64_t rows, const ParameterTable::Parameter& table) {
  layer.operation = table_operation(layer, rows, table.is_tied());
  by_id_.insert_or_assign(layer.id, Table{&layer, rows, &table});
}

void TableLayers::complete(std::vector<LayerEvent>& events) {
  for (auto& [id, table] : by_id_)
    table.layer->operation = table_operation(*table.layer, table.rows, table.table->is_tied());
  for (LayerEvent& event : events) {
    if (event.kind != EventKind::Layer || !event.id) continue;
    const auto found = by_id_.find(*event.id);
    if (found != by_id_.end() && event.type == found->second.layer->type)
      event.operation = found->second.layer->operation;
  }
}

}  // namespace upmem_des::profiler

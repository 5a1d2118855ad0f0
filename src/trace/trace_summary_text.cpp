#include "trace/trace_summary.hpp"
#include "upmem_des/trace/layer_event.hpp"
#include "util/number_text.hpp"
#include "util/text_table.hpp"

namespace upmem_des {

namespace {

using Align = TextTable::Align;

std::string count_text(std::int64_t count) {
  return std::to_string(count);
}
std::int64_t sum(const PhaseCounts& count) {
  return count[0] + count[1];
}

std::string time_text(double nanoseconds) {
  return quantity_text(nanoseconds * 1e-9, "s");
}

std::string head_text(const TraceSummary& summary) {
  const TraceHeader& header = summary.header;
  TextTable table({Align::Left, Align::Left});
  if (!header.model.empty()) table.row({"model", header.model});
  if (!header.source.empty()) table.row({"source", header.source});
  table.row({"data type", to_string(header.dtype)});
  table.row({"batch", count_text(header.batch)});
  if (header.num_key_value_heads) table.row({"key-value heads", count_text(*header.num_key_value_heads)});
  if (header.sliding_window) table.row({"sliding window", count_text(*header.sliding_window)});
  table.row({"forward passes", count_text(summary.forward_passes)});
  table.row({"events", count_text(summary.events) + " (" + count_text(summary.count[0]) + " prefill, " +
                           count_text(summary.count[1]) + " decode)"});
  table.row({"layers", (summary.more_ids ? "more than " : "") + count_text(summary.distinct_ids)});
  if (summary.measured > 0)
    table.row({"measured time", time_text(summary.measured_ns) + " in " + count_text(summary.measured) +
                                    (summary.measured == 1 ? " event" : " events")});
  return table.str();
}

std::vector<std::string> count_cells(const PhaseCounts& count) {
  return {count_text(count[0]), count_text(count[1]), count_text(sum(count))};
}

std::string types_text(const TraceSummary& summary) {
  TextTable table({Align::Left, Align::Left, Align::Right, Align::Right, Align::Right});
  const auto row = [&table](std::vector<std::string> cells, const PhaseCounts& count) {
    for (std::string& cell : count_cells(count)) cells.push_back(std::move(cell));
    table.row(std::move(cells));
  };
  table.row({"type", "kind", "prefill", "decode", "events"});
  table.rule();
  for (const TypeSummary& type : summary.types) row({type.type.str(), to_string(type.kind)}, type.count);
  if (sum(summary.other_types) > 0) row({"others", ""}, summary.other_types);
  return table.str();
}

std::string weights_text(const LayerSummary& layer) {
  if (layer.weights.empty()) return "-";
  const std::size_t others = layer.weights.size() - 1;
  if (others == 0) return layer.weights.front().str();
  return layer.weights.front().str() + " and " + std::to_string(others) + (layer.more_weights ? " or more" : "") +
         " other" + (others == 1 ? "" : "s");
}

std::string layers_text(const TraceSummary& summary) {
  const bool measured = summary.measured > 0;
  TextTable table({Align::Left, Align::Left, Align::Right, Align::Left, Align::Left, Align::Left, Align::Right});
  table.row({"name", "type", "events", "smallest input", "largest input", "weight", measured ? "measured" : ""});
  table.rule();
  for (const LayerSummary& layer : summary.layers)
    table.row({layer.name.str(), layer.type.str(), count_text(sum(layer.count)), layer.smallest_input.str(),
               layer.largest_input.str(), weights_text(layer), layer.measured > 0 ? time_text(layer.measured_ns) : ""});
  if (sum(summary.other_layers) > 0) table.row({"others", "", count_text(sum(summary.other_layers))});
  return table.str();
}

}  // namespace

std::string to_text(const TraceSummary& summary) {
  return head_text(summary) + "\n" + types_text(summary) + "\n" + layers_text(summary);
}

}  // namespace upmem_des

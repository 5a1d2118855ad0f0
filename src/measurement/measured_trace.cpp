#include "measurement/measured_trace.hpp"

#include "cost/roofline_model.hpp"
#include "upmem_des/trace/jsonl_reader.hpp"
#include "util/number_text.hpp"

namespace upmem_des {

namespace {

constexpr double shortest_s = 1e-6;  // of less a clock's own time is too much

}  // namespace

void read_measured_trace(const std::string& path, MeasuredRows& rows) {
  JsonlReader trace(path);
  CostOptions options;
  options.dtype = options.kv_dtype = trace.header().dtype;
  options.num_key_value_heads = trace.header().num_key_value_heads;
  const RooflineModel model(options);
  LayerEvent event;
  bool is_measured = false;
  while (trace.next(event)) {
    if (!event.duration_ns) continue;
    is_measured = true;
    std::optional<KernelSizes> sizes = model.kernel_sizes(event);
    if (!sizes || *event.duration_ns * 1e-9 < shortest_s) {
      ++rows.too_short;
      continue;
    }
    MeasuredKernel kernel;
    kernel.hardware = "HOST";
    kernel.operation = event.name.str();
    kernel.format = options.dtype;
    kernel.kind = kind_of(*sizes, options.dtype);
    kernel.shape = event.name.str() + "_" + event.input_shape.str() + event.output_shape.str();
    kernel.sizes = *sizes;
    kernel.time_s = *event.duration_ns * 1e-9;
    kernel.source = trace.header().model;
    kernel.where = {path, static_cast<int>(event.seq) + 2};
    rows.kernels.push_back(std::move(kernel));
  }
  if (!is_measured)
    throw InputError({path}, "no measured times; expected a trace of upmem-des profile or scripts/capture_torch.py");
}

}  // namespace upmem_des

#include "report/measured_log.hpp"

#include <fmt/format.h>

#include <iterator>
#include <optional>

#include "upmem_des/util/error.hpp"
#include "util/harmless_text.hpp"

namespace upmem_des {

namespace {

std::string seconds(std::optional<double> time_ns, const char* form) {
  return time_ns ? fmt::format(fmt::runtime(form), *time_ns * 1e-9) : "-";
}

}  // namespace

MeasuredLog::MeasuredLog(std::function<void(std::string_view)> write) : write_(std::move(write)) {
  write_(fmt::format("{:>16} {:>13} {:>7} {:>6} {:<30} {:<26}  {}\n", "start s", "duration s", "phase", "step", "type",
                     "name", "input -> output"));
}

void MeasuredLog::add(const LayerEvent& event) {
  fmt::memory_buffer line;
  fmt::format_to(std::back_inserter(line), "{:>16} {:>13} {:>7} {:>6} {:<30} {:<26}  {} -> {}\n",
                 seconds(event.start_ns, "{:.12f}"), seconds(event.duration_ns, "{:.6e}"), to_string(event.phase),
                 event.step, one_line(event.type.str()),
                 one_line(event.path.empty() ? event.name.str() : event.path.str()), event.input_shape.str(),
                 event.output_shape.str());
  write_(std::string_view(line.data(), line.size()));
}

}  // namespace upmem_des

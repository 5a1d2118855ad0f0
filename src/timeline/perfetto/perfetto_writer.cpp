#include "timeline/perfetto/perfetto_writer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "platform/device_names.hpp"
#include "timeline/activity_label.hpp"
#include "timeline/perfetto/arrow_sources.hpp"
#include "timeline/perfetto/counter_tracks.hpp"
#include "timeline/perfetto/slice_args.hpp"
#include "timeline/perfetto/trace_event_file.hpp"
#include "upmem_des/trace/recognise.hpp"
#include "util/json_text.hpp"

namespace upmem_des {

namespace {

// No number is used twice, see TraceThread: the machine's, then a process and its first thread for each device, then a
// thread for each route, then the links' process.
constexpr std::int64_t machine_pid = 1;
constexpr std::int64_t first_device_pid = 2;

/// Of the colours that chrome://tracing has names for, the one next to ours. Perfetto colours slices by their names.
std::string_view chrome_colour(const ActivityRecord& activity) {
  if (activity.kind == ActivityKind::Transfer) return "rail_animation";
  switch (activity.event != nullptr ? operator_class(*activity.event) : OperatorClass::Other) {
    case OperatorClass::Linear:
      return "rail_response";
    case OperatorClass::Attention:
      return "thread_state_iowait";
    case OperatorClass::Normalization:
      return "rail_load";
    case OperatorClass::Activation:
      return "thread_state_uninterruptible";
    case OperatorClass::Embedding:
      return "thread_state_runnable";
    case OperatorClass::Convolution:
      return "yellow";
    case OperatorClass::Other:
      break;
  }
  return "generic_work";
}

}  // namespace

class PerfettoWriter::Impl {
 public:
  Impl(const std::string& path, const PlatformSpec& platform, std::string title)
      : platform_(platform),
        title_(std::move(title)),
        file_(path),
        links_pid_(pid(platform.devices.size() + platform.routes.size())),
        counters_(platform, file_, links_pid_, first_device_pid),
        named_device_(platform.devices.size()),
        named_compute_(platform.devices.size()),
        named_route_(platform.routes.size()) {}

  void begin(double time_s) {
    begin_s_ = time_s;
    counters_.begin(nanoseconds(time_s));
    file_.name_process(machine_pid, "machine", 0);
    file_.name_thread({machine_pid, machine_pid}, "phases", 0);
  }

  void phase(Phase phase, double time_s) {
    end_phase(time_s);
    phase_ = {phase, nanoseconds(time_s)};
  }

  void start(const ActivityRecord& activity) {
    const std::vector<DrawnSlice> sources =
        activity.kind == ActivityKind::Compute ? sources_.of_compute(activity)
                                               : sources_.of_transfer(activity, platform_.routes[activity.stream].from);
    open_[activity.id] = sources;
  }

  void end(const ActivityRecord& activity) {
    const DrawnSlice drawn{activity.id, thread(activity), nanoseconds(activity.start_s), nanoseconds(activity.end_s)};
    file_.slice({drawn.thread, activity_label(activity), activity_colour(activity).name, chrome_colour(activity),
                 drawn.start, drawn.end, slice_args(platform_, activity)});
    if (const auto open = open_.find(activity.id); open != open_.end()) {
      for (const DrawnSlice& source : open->second) draw(source, drawn);
      open_.erase(open);
    }
    if (activity.kind == ActivityKind::Compute)
      sources_.add_compute(activity, drawn);
    else
      sources_.add_transfer(activity, platform_.routes[activity.stream], drawn);
  }

  void change(const QuantityChange& change) {
    if (change.quantity != Quantity::LinkUse && change.quantity != Quantity::LinkPower)
      name_device(change.index);
    else if (!std::exchange(named_links_, true))
      file_.name_process(links_pid_, "links", pid(platform_.devices.size()) - machine_pid);
    counters_.change(change);
  }

  void finish(double time_s) {
    counters_.flush();
    end_phase(time_s);
    file_.finish(fmt::format(R"({{"title": {}, "platform": {}, "start_s": {}, "end_s": {}}})", json_text(title_),
                             json_text(platform_.name), begin_s_, time_s));
  }

  void commit() { file_.commit(); }

 private:
  static std::int64_t pid(DeviceIndex device) { return first_device_pid + static_cast<std::int64_t>(device); }

  void name_device(DeviceIndex device) {
    if (named_device_[device]) return;
    named_device_[device] = true;
    file_.name_process(pid(device), platform_.devices[device].name, pid(device) - machine_pid);
  }

  std::string lane_name(const RouteSpec& route) const {
    return route.is_collective() ? route.collective : "to " + device_set_name(platform_, route.to);
  }

  /// That of the activity's stream; names it at the first call.
  TraceThread thread(const ActivityRecord& activity) {
    const bool compute = activity.kind == ActivityKind::Compute;
    const DeviceIndex device = compute ? activity.stream : platform_.routes[activity.stream].from;
    name_device(device);
    TraceThread thread{pid(device), pid(device)};
    if (!compute) thread.tid = pid(platform_.devices.size() + activity.stream);
    std::vector<bool>& named = compute ? named_compute_ : named_route_;
    if (!named[activity.stream]) {
      named[activity.stream] = true;
      file_.name_thread(thread, compute ? "compute" : lane_name(platform_.routes[activity.stream]),
                        compute ? 0 : 1 + static_cast<std::int64_t>(activity.stream));
    }
    return thread;
  }

  /// From the end of one slice to the start of another, which came later.
  void draw(const DrawnSlice& from, const DrawnSlice& to) {
    if (from.end == from.start || to.end == to.start || to.start < from.start) return;
    const auto is_transfer = [](const DrawnSlice& slice) { return slice.thread.tid != slice.thread.pid; };
    file_.arrow(is_transfer(from) || is_transfer(to) ? "transfer" : "dependency",
                {from.thread, std::min(from.end - 1, to.start)}, {to.thread, to.start});
  }

  void end_phase(double time_s) {
    if (!phase_) return;
    const auto [phase, start] = *phase_;
    file_.slice({{machine_pid, machine_pid}, to_string(phase), "phase", "", start, nanoseconds(time_s), "{}"});
    phase_.reset();
  }

  const PlatformSpec& platform_;
  std::string title_;
  TraceEventFile file_;
  std::int64_t links_pid_;
  CounterTracks counters_;
  ArrowSources sources_;
  std::map<std::int64_t, std::vector<DrawnSlice>> open_;  // by activity under way: where its arrows come from
  std::vector<bool> named_device_;
  std::vector<bool> named_compute_;  // by device
  std::vector<bool> named_route_;
  bool named_links_ = false;
  std::optional<std::pair<Phase, Nanoseconds>> phase_;
  double begin_s_ = 0;
};

PerfettoWriter::PerfettoWriter(const std::string& path, const PlatformSpec& platform, const std::string& title)
    : impl_(std::make_unique<Impl>(path, platform, title)) {}

PerfettoWriter::~PerfettoWriter() = default;

void PerfettoWriter::on_begin(double time_s) {
  impl_->begin(time_s);
}

void PerfettoWriter::on_phase(Phase phase, double time_s) {
  impl_->phase(phase, time_s);
}

void PerfettoWriter::on_start(const ActivityRecord& activity) {
  impl_->start(activity);
}

void PerfettoWriter::on_end(const ActivityRecord& activity) {
  impl_->end(activity);
}

void PerfettoWriter::on_change(const QuantityChange& change) {
  impl_->change(change);
}

void PerfettoWriter::on_finish(double time_s) {
  impl_->finish(time_s);
}

void PerfettoWriter::commit() {
  impl_->commit();
}

}  // namespace upmem_des

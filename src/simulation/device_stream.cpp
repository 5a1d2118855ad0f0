#include "simulation/device_stream.hpp"

namespace upmem_des {

namespace {

double now_s() {
  return simgrid::s4u::Engine::get_clock();
}

}  // namespace

DeviceStream::DeviceStream(DeviceIndex device, const Machine& machine, Activities& activities, TaskDesk& desk,
                           Crew& crew, const std::optional<FetchRules>& fetch)
    : TaskStream(machine.device(device).spec->name, desk, crew),
      device_(device),
      activities_(activities),
      active_(machine.device(device)) {
  if (fetch) port_ = std::make_unique<MemoryPort>(device, machine, *fetch, activities, active_, desk, crew);
}

void DeviceStream::add(TaskId id) {
  TaskStream::add(id);
  if (port_ != nullptr) port_->add(id, desk().task(id).demand);
}

void DeviceStream::notify() {
  if (port_ != nullptr) port_->wake();
  TaskStream::notify();
}

void DeviceStream::finish() {
  if (port_ == nullptr) return;
  port_->close();
  port_->wake();
}

std::optional<double> DeviceStream::perform(TaskId id) {
  const Task& task = desk().task(id);
  if (port_ != nullptr) {
    run_beside_port(task);
    return std::nullopt;
  }
  const double lasts_s = task.demand.time_s();
  for (const Step& step : task.demand) {
    if (TaskTimeline* timeline = desk().timeline()) {
      timeline->tell_arithmetic(id, step, now_s());
      timeline->tell_memory(id, step, now_s());
    }
    desk().device_times().start_step(device_, step, now_s());
    work(stretch_of(step));
    desk().device_times().end_step(device_, now_s());
  }
  return lasts_s;
}

void DeviceStream::work(const Stretch& stretch) {
  if (!stretch.empty()) activities_.run(device_, PeakPower::Lane::Tasks, stretch, desk().peaks());
}

void DeviceStream::run_beside_port(const Task& task) {
  port_->start_task();
  for (const Step* step = task.demand.begin(); step != task.demand.end(); ++step) {
    port_->start_step(step + 1 == task.demand.end());
    const MemoryWork rest = rest_of(task.id, *step, step == task.demand.begin());
    if (rest.work.time_s > 0) port_->submit(rest, now_s() + step->overhead_s);
    port_->wake();
    if (step == task.demand.begin()) active_.begin();
    if (TaskTimeline* timeline = desk().timeline()) timeline->tell_arithmetic(task.id, *step, now_s());
    desk().device_times().start_step(device_, *step, now_s());
    work(arithmetic_of(*step));
    if (!port_->wait_for_own()) return;
    desk().device_times().end_step(device_, now_s());
  }
  port_->end_task();
  port_->wake();
  if (task.demand.size() > 0) active_.end();
}

}  // namespace upmem_des

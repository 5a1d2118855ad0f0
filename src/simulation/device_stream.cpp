#include "simulation/device_stream.hpp"

#include <algorithm>

namespace upmem_des {

namespace {

double now_s() {
  return simgrid::s4u::Engine::get_clock();
}

Work part_of(const Work& work, double share) {
  return {work.time_s * share, work.energy_J * share};
}

}  // namespace

DeviceStream::DeviceStream(DeviceIndex device, const Machine& machine, Activities& activities, TaskDesk& desk,
                           Crew& crew)
    : TaskStream(machine.device(device).spec->name, desk, crew),
      device_(device),
      machine_(machine),
      activities_(activities) {}

void DeviceStream::add(TaskId id) {
  TaskStream::add(id);
  if (port_ == nullptr && desk().task(id).prefetch_share > 0)
    port_ = std::make_unique<MemoryPort>(device_, name() + " memory", machine_.device(device_).arithmetic, activities_,
                                         desk(), crew());
}

void DeviceStream::notify() {
  fetch_ahead();
  TaskStream::notify();
}

void DeviceStream::finish() {
  if (port_ != nullptr) port_->close();
}

void DeviceStream::fetch_ahead() {
  const std::optional<TaskId> next = head();
  if (port_ == nullptr || !may_fetch_ || !next || fetched_ == next) return;
  const Task& task = desk().task(*next);
  if (task.prefetch_share <= 0 || task.demand.size() == 0) return;
  fetched_ = next;
  const Step& first = task.demand[0];
  fetch_ticket_ = port_->submit({*next, part_of(first.memory, task.prefetch_share),
                                 first.memory_bytes * task.prefetch_share, memory_busy_until_s_});
  port_->start();
}

std::optional<double> DeviceStream::perform(TaskId id) {
  const Task& task = desk().task(id);
  const bool alone = port_ == nullptr;
  const double lasts_s = task.demand.time_s();
  may_fetch_ = false;
  if (!alone) {
    run_beside_port(task);
  } else {
    for (const Step* step = task.demand.begin(); step != task.demand.end(); ++step) {
      memory_busy_until_s_ = now_s() + step->overhead_s + step->memory.time_s + step->kv.time_s;
      may_fetch_ = step + 1 == task.demand.end();
      if (TaskTimeline* timeline = desk().timeline()) {
        timeline->tell_arithmetic(id, *step, now_s());
        timeline->tell_memory(id, *step, now_s());
      }
      work(stretch_of(*step));
    }
  }
  may_fetch_ = true;
  fetch_ahead();
  return alone ? std::optional(lasts_s) : std::nullopt;
}

void DeviceStream::work(const Stretch& stretch) {
  if (!stretch.empty()) activities_.run(device_, PeakPower::Lane::Tasks, stretch, desk().peaks());
}

void DeviceStream::run_beside_port(const Task& task) {
  const MemoryPort::Ticket fetched = fetched_ == task.id ? fetch_ticket_ : 0;
  for (const Step* step = task.demand.begin(); step != task.demand.end(); ++step) {
    const bool is_first = step == task.demand.begin();
    const double share = is_first && fetched > 0 ? 1 - task.prefetch_share : 1;
    Work rest = part_of(step->memory, share);
    rest.time_s += step->kv.time_s;
    rest.energy_J += step->kv.energy_J;
    MemoryPort::Ticket last = is_first ? fetched : 0;
    if (rest.time_s > 0) {
      last = port_->submit({task.id, rest, step->memory_bytes * share + step->kv_bytes,
                            std::max(now_s() + step->overhead_s, memory_busy_until_s_)});
      port_->start();
    }
    may_fetch_ = step + 1 == task.demand.end();
    fetch_ahead();
    if (TaskTimeline* timeline = desk().timeline()) timeline->tell_arithmetic(task.id, *step, now_s());
    work(arithmetic_of(*step));
    if (!port_->wait_for(last)) return;
  }
}

}  // namespace upmem_des

#include "simulation/memory_port.hpp"

#include <utility>

namespace upmem_des {

MemoryPort::MemoryPort(DeviceIndex device, std::string name, simgrid::s4u::Host* host, Activities& activities,
                       TaskDesk& desk, Crew& crew)
    : device_(device),
      name_(std::move(name)),
      host_(host),
      activities_(activities),
      desk_(desk),
      crew_(crew),
      has_work_(crew),
      has_ended_(crew) {}

MemoryPort::Ticket MemoryPort::submit(const Job& job) {
  jobs_.push_back(job);
  return ++submitted_;
}

void MemoryPort::start() {
  if (!served_) {
    served_ = true;
    crew_.start_actor(name_, host_, [this] { serve(); });
  } else {
    has_work_.open();
  }
}

bool MemoryPort::wait_for(Ticket ticket) {
  awaited_ = ticket;
  while (ended_ < ticket)
    if (!has_ended_.wait()) return false;
  return true;
}

void MemoryPort::close() {
  closed_ = true;
  has_work_.open();
}

void MemoryPort::serve() {
  while (!crew_.stopped()) {
    if (jobs_.empty()) {
      if (closed_) return;
      has_work_.wait();
      continue;
    }
    const Job job = jobs_.front();
    jobs_.pop_front();
    activities_.sleep_until(job.earliest_s);
    const Stretch stretch = memory_stretch(job.work);
    TaskTimeline* const timeline = desk_.timeline();
    if (timeline != nullptr)
      timeline->tell_port(desk_.task(job.task), desk_.step(job.task), simgrid::s4u::Engine::get_clock(),
                          job.work.time_s, job.work.energy_J, job.bytes);
    if (!stretch.empty()) activities_.run(device_, PeakPower::Lane::Port, stretch, desk_.peaks());
    ++ended_;
    if (ended_ >= awaited_) has_ended_.open();
  }
}

}  // namespace upmem_des

#include "simulation/route_stream.hpp"

namespace upmem_des {

RouteStream::RouteStream(RouteIndex route, const Means& means, TaskDesk& desk, Crew& crew)
    : TaskStream(means.routes[route].name, desk, crew), route_(route), means_(means) {}

std::optional<double> RouteStream::perform(TaskId id) {
  if (means_.ideal_links) return 0;
  const Task& task = desk().task(id);
  const RunSums::Account account = means_.sums.account_of_communication(task.purpose, desk().phase(id));
  means_.sums.start_transfer(route_, account, simgrid::s4u::Engine::get_clock());
  if (task.latency_s > 0) means_.activities.sleep_until(simgrid::s4u::Engine::get_clock() + task.latency_s);
  means_.links.run(route_, task.bytes, id);
  means_.sums.end_transfer(route_, account, simgrid::s4u::Engine::get_clock());
  return std::nullopt;
}

}  // namespace upmem_des

/// The stream of a route.
#pragma once

#include "simulation/activities.hpp"
#include "simulation/run_sums.hpp"
#include "simulation/shared_links.hpp"
#include "simulation/task_stream.hpp"

namespace upmem_des {

/// A transfer takes the route's latency and then shares its links.
class RouteStream : public TaskStream {
 public:
  struct Means {
    Activities& activities;
    SharedLinks& links;
    RunSums& sums;
    const RouteFigureTable& routes;
    bool ideal_links = false;  ///< transfers take no time and no energy
  };

  /// What `means` refers to outlives the stream.
  RouteStream(RouteIndex route, const Means& means, TaskDesk& desk, Crew& crew);

 protected:
  std::optional<double> perform(TaskId id) override;

 private:
  RouteIndex route_;
  Means means_;
};

}  // namespace upmem_des

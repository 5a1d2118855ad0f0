/// Serves requests on a scenario's machine.
#pragma once

#include "requests/request_source.hpp"
#include "service/prepared_serving.hpp"
#include "upmem_des/result/serving_result.hpp"
#include "upmem_des/service/serve_options.hpp"

namespace upmem_des {

/// Serves all that `requests` gives. Throws SimulationError when the simulation fails; SimGrid holds one engine a
/// process.
ServingRun serve(const PreparedServing& prepared, RequestSource& requests, const ServeOptions& options);

}  // namespace upmem_des

#include "service/checked_serving.hpp"

#include "run/input_digest.hpp"
#include "run/input_files.hpp"

namespace upmem_des {

CheckedServing check_serving(const Scenario& scenario, const Warn& warn) {
  // Before anything else is read: the digest is of what is read afterwards.
  const InputFiles files(scenario, InputFiles::Extent::WithoutNetwork);
  CheckedServing checked;
  checked.prepared = std::make_unique<PreparedServing>(scenario, warn);
  check_request_file(*scenario.workload.requests);
  checked.requests = make_request_source(*scenario.workload.requests);
  checked.inputs = input_digest(scenario, checked.prepared->machine(), files);
  files.expect_same();
  return checked;
}

}  // namespace upmem_des

/// The section workload.requests as YAML.
#pragma once

#include "requests/requests_section.hpp"
#include "util/yaml.hpp"

namespace upmem_des {

/// What read_requests() reads back as the same, with absolute paths.
YamlNode requests_node(const RequestsSection& requests);

}  // namespace upmem_des

#include "explore/explore_server.hpp"
#include "upmem_des/util/error.hpp"

namespace upmem_des {

ExploreServer::ExploreServer(ExploreAnswers& /*answers*/, RunWorker& /*worker*/, int /*port*/) {
  throw InputError(
      "this program was built without the server of pages (UPMEM_DES_EXPLORE); install libcpp-httplib-dev and build it "
      "with -DUPMEM_DES_EXPLORE=ON");
}

ExploreServer::~ExploreServer() = default;

int ExploreServer::port() const {
  return 0;
}

void ExploreServer::serve() {}

}  // namespace upmem_des

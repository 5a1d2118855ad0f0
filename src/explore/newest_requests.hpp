/// Which of a page's requests somebody still waits for.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "explore/run_worker.hpp"

namespace upmem_des {

/// Of a page's requests of one kind the newest alone is waited for. Threads may share it.
class NewestRequests {
 public:
  /// `worker` outlives it.
  explicit NewestRequests(RunWorker& worker) : worker_(worker) {}

  /// A further request. The one of that kind before it is obsolete; with `is_change` all of the page are.
  std::shared_ptr<Obsolete> begin(const std::string& page, const std::string& kind, bool is_change);

  /// It has been answered.
  void end(const std::string& page, const std::string& kind, const std::shared_ptr<Obsolete>& request);

 private:
  RunWorker& worker_;
  std::mutex mutex_;
  std::map<std::pair<std::string, std::string>, std::shared_ptr<Obsolete>> newest_;  // by page and kind
};

}  // namespace upmem_des

/// Which of a page's requests somebody still waits for.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "explore/run_worker.hpp"

namespace upmem_des {

/// Of requests of one name the newest alone is waited for. Threads may share it.
class NewestRequests {
 public:
  /// `worker` outlives it.
  explicit NewestRequests(RunWorker& worker) : worker_(worker) {}

  /// A further request; the one of the same name before it is obsolete.
  std::shared_ptr<Obsolete> begin(const std::string& name);

  /// It has been answered.
  void end(const std::string& name, const std::shared_ptr<Obsolete>& request);

 private:
  RunWorker& worker_;
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Obsolete>> newest_;
};

}  // namespace upmem_des

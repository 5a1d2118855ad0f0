#include "explore/newest_requests.hpp"

namespace upmem_des {

std::shared_ptr<Obsolete> NewestRequests::begin(const std::string& name) {
  const std::lock_guard<std::mutex> lock(mutex_);
  std::shared_ptr<Obsolete>& newest = newest_[name];
  if (newest) worker_.make(*newest);
  newest = std::make_shared<Obsolete>();
  return newest;
}

void NewestRequests::end(const std::string& name, const std::shared_ptr<Obsolete>& request) {
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto found = newest_.find(name);
  if (found != newest_.end() && found->second == request) newest_.erase(found);
}

}  // namespace upmem_des

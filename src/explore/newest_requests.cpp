#include "explore/newest_requests.hpp"

namespace upmem_des {

std::shared_ptr<Obsolete> NewestRequests::begin(const std::string& page, const std::string& kind, bool is_change) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (is_change)
    for (auto at = newest_.lower_bound({page, ""}); at != newest_.end() && at->first.first == page; ++at)
      worker_.make(*at->second);
  std::shared_ptr<Obsolete>& newest = newest_[{page, kind}];
  if (newest) worker_.make(*newest);
  newest = std::make_shared<Obsolete>();
  return newest;
}

void NewestRequests::end(const std::string& page, const std::string& kind, const std::shared_ptr<Obsolete>& request) {
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto found = newest_.find({page, kind});
  if (found != newest_.end() && found->second == request) newest_.erase(found);
}

}  // namespace upmem_des

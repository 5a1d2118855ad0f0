/// How fast transfers are that share links.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "simulation/link_domains.hpp"
#include "upmem_des/platform/indices.hpp"

namespace upmem_des {

struct PlatformSpec;

/// Max-min fairness, as SimGrid's CM02 model with latencies of 0 has it: a transfer is as fast as its slowest link or
/// medium lets it be, and of one that several share, those that are not slower elsewhere get equal parts.
class FairRates {
 public:
  /// References outlive this.
  FairRates(const PlatformSpec& platform, const LinkDomains& domains);

  /// A transfer over `route` begins or ends.
  void add(RouteIndex route, std::size_t transfer);
  void remove(RouteIndex route, std::size_t transfer);

  /// Calls `set(transfer, rate_Bps)` for every transfer of a domain in which some have begun or ended since the last
  /// call.
  template <class Set>
  void update(Set&& set) {
    for (const std::size_t domain : changed_) {
      share(transfers_[domain]);
      for (const Transfer& transfer : transfers_[domain]) set(transfer.id, transfer.rate_Bps);
      is_changed_[domain] = false;
    }
    changed_.clear();
  }

 private:
  /// What a route crosses.
  struct Way {
    std::size_t domain = 0;
    std::vector<std::size_t> resources;
    double alone_Bps = 0;  // of a transfer that has all of them to itself
  };
  struct Transfer {
    std::size_t id = 0;
    const Way* way = nullptr;
    double rate_Bps = 0;
    bool is_set = false;
  };
  struct Resource {
    double bandwidth_Bps = 0;
    // While rates are found:
    double left_Bps = 0;
    std::int64_t users = 0;               // those without a rate
    std::vector<std::size_t> crossed_by;  // positions of all, ascending; twice where a way crosses it twice
  };

  const Way& way_of(RouteIndex route);
  void touch(std::size_t domain);
  /// Does anything have two users?
  bool count_users(std::vector<Transfer>& transfers);
  void list_users(const std::vector<Transfer>& transfers);
  void share(std::vector<Transfer>& transfers);

  const PlatformSpec& platform_;
  const LinkDomains& domains_;
  std::vector<Resource> resources_;               // links, then media
  std::vector<std::size_t> used_;                 // of these, those with users in the domain that is being shared
  std::unordered_map<RouteIndex, Way> ways_;      // of routes that have been taken
  std::vector<std::vector<Transfer>> transfers_;  // by domain
  std::vector<bool> is_changed_;                  // by domain
  std::vector<std::size_t> changed_;
};

}  // namespace upmem_des

/// A tensor that some devices have, for others. Internal to the room.
#pragma once

#include <utility>
#include <vector>

#include "plan/collectives/link_loads.hpp"
#include "plan/tasks/collectives.hpp"
#include "plan/tasks/transfers.hpp"
#include "plan/tasks/value.hpp"

namespace upmem_des {

/// Three ways, of which the one is taken that is the fastest while nobody else uses the links: from those that have it
/// over direct ways, each of them serving as many as the others; by way of the host, by broadcast where there is one;
/// or a share for each, which they gather.
class TensorBroadcast {
 public:
  /// References outlive this.
  TensorBroadcast(Transfers& transfers, Collectives& collectives) : transfers_(transfers), collectives_(collectives) {}

  /// Of a tensor of `bytes` bytes that is somewhere: by device of `to`, none of which has it. It is not sent on before
  /// `after`. Whoever has it then is added to `at`.
  void send(std::vector<Value::At>& at, const std::vector<DeviceIndex>& to, double bytes, const Pieces& after,
            const char* purpose);

  /// How long that takes while nobody else uses the links.
  double time_s(const std::vector<Value::At>& at, const std::vector<DeviceIndex>& to, double bytes) const;

 private:
  struct Sender {
    std::size_t holder = 0;  ///< index into the devices that have it
    DeviceIndex to = host_device;
  };

  enum class Way { Direct, ByHost, ByShares };
  struct Choice {
    Way way = Way::ByHost;
    double time_s = 0;
    std::vector<Sender> senders;  ///< empty where some device has no direct way
  };
  Choice choose(const std::vector<Value::At>& at, const std::vector<DeviceIndex>& to, double bytes) const;
  std::vector<Sender> direct_senders(const std::vector<Value::At>& at, const std::vector<DeviceIndex>& to) const;
  double direct_s(const std::vector<Value::At>& at, const std::vector<Sender>& senders, double bytes) const;
  double by_host_s(const std::vector<Value::At>& at, const std::vector<DeviceIndex>& to, double bytes) const;
  Pieces may_go(const Pieces& pieces, const Pieces& after);
  void send_by_host(std::vector<Value::At>& at, const std::vector<DeviceIndex>& to, double bytes, const Pieces& after,
                    const char* purpose);
  void send_shares(std::vector<Value::At>& at, const std::vector<Sender>& senders, double bytes, const Pieces& after,
                   const char* purpose);

  Transfers& transfers_;
  Collectives& collectives_;
};

}  // namespace upmem_des

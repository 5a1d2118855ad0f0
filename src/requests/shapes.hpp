/// What requests are, apart from when they arrive. Internal to the room.
#pragma once

#include "upmem_des/requests/request.hpp"

namespace upmem_des {

class RequestShapes {
 public:
  virtual ~RequestShapes() = default;
  /// Is there another? May be asked many times.
  virtual bool has_next() const = 0;
  /// Sets everything but id and time.
  virtual void next(Request& request) = 0;
};

}  // namespace upmem_des

/// One demand for all tasks that ask for the same.
#pragma once

#include <memory>

#include "upmem_des/cost/demand.hpp"

namespace upmem_des {

/// A Demand that copies share: a step of a thousand devices has a million tasks and some dozens of demands.
class SharedDemand {
 public:
  SharedDemand() = default;
  SharedDemand(const Demand& demand) : demand_(std::make_shared<const Demand>(demand)) {}  // NOLINT: as a Demand

  operator const Demand&() const { return get(); }  // NOLINT: as a Demand
  const Demand& get() const {
    static const Demand nothing;
    return demand_ == nullptr ? nothing : *demand_;
  }

  const Step* begin() const { return get().begin(); }
  const Step* end() const { return get().end(); }
  std::size_t size() const { return get().size(); }
  const Step& operator[](std::size_t i) const { return get()[i]; }
  double time_s() const { return get().time_s(); }

 private:
  std::shared_ptr<const Demand> demand_;
};

}  // namespace upmem_des

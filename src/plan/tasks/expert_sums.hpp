/// Sums of what experts have computed, in which all that read them take part. Internal to the room.
#pragma once

#include <optional>
#include <vector>

#include "plan/tasks/collectives.hpp"
#include "plan/tasks/row_sends.hpp"
#include "plan/tasks/transfers.hpp"
#include "plan/tasks/value.hpp"
#include "plan/tasks/wanted.hpp"

namespace upmem_des {

/// The combine of a mixture, without a device on which rows meet. The outputs are on one device each, or partial sums
/// on the devices of an expert.
class ExpertSums {
 public:
  /// References outlive this.
  ExpertSums(Transfers& transfers, Collectives& collectives) : transfers_(transfers), collectives_(collectives) {}

  static double bytes_of(const std::vector<Value*>& values);
  /// Are they partial sums, all on the same devices?
  static bool are_of_same_devices(const std::vector<Value*>& values);
  /// Have only those made the outputs that read them, two or more devices that collectives are known for?
  bool are_among(const std::vector<Value*>& values, const Wanted& wanted) const;

  /// Each of n readers gets 1/n of the rows, by the fastest of: an all-to-all of the outputs' rows; a reduce-scatter of
  /// what each has of the sum; a reduce-scatter on the devices of each expert, then an all-to-all. By reader. Only
  /// where the outputs are among their readers; the first says how long it takes.
  double shares_s(const std::vector<Value*>& values, const Wanted& wanted) const;
  std::vector<Pieces> shares(const std::vector<Value*>& values, const Wanted& wanted);

  /// A partial sum on the readers; whoever has made nothing counts as zero rows.
  Value of_readers(const std::vector<Value*>& values, const Wanted& wanted);
  /// Of outputs of the same devices: a partial sum there.
  Value of_makers(const std::vector<Value*>& values, const Wanted& wanted);

  /// What each of some devices has of the outputs, which lie on no others.
  RowsMade made_on(const std::vector<Value*>& values, const std::vector<DeviceIndex>& devices);
  /// The same, only how many bytes.
  static std::vector<double> bytes_on(const std::vector<Value*>& values, const std::vector<DeviceIndex>& devices);

 private:
  enum class Way { Rows, Sum, SumThenRows };
  struct Choice {
    Way way = Way::Rows;
    double time_s = 0;
  };
  /// The devices of some experts, with what they have made together.
  struct Makers {
    std::vector<DeviceIndex> devices;
    double bytes = 0;
    std::vector<Value*> values;
  };

  static std::vector<Makers> makers_of(const std::vector<Value*>& values);
  std::optional<double> by_makers_s(const std::vector<Makers>& makers, const Wanted& wanted) const;
  Choice choose(const std::vector<Value*>& values, const std::vector<Makers>& makers, const Wanted& wanted) const;
  RowsMade sums_of(const std::vector<Makers>& makers, const Wanted& wanted);
  std::vector<Pieces> exchange(const RowsMade& made);
  Value sum_on(const std::vector<Value*>& values, const std::vector<DeviceIndex>& devices, const Wanted& wanted);

  Transfers& transfers_;
  Collectives& collectives_;
};

}  // namespace upmem_des

/// How several devices share an event.
#pragma once

#include <cstddef>
#include <vector>

#include "plan/proportions.hpp"
#include "upmem_des/platform/indices.hpp"

namespace upmem_des {

/// How the work of an event is shared by several devices; docs/machines.md defines each for every layer.
enum class Split {
  Tensor,   ///< columns and rows of linears, heads of attention; what cannot be split is done by every device
  Experts,  ///< expert e on device e mod n, as a whole
  Replicas  ///< the batch rows
};

/// The devices of an event, in order, and what each of them has of it. With `replicas` above 1 the devices are a grid:
/// so many groups of consecutive ones. The groups share the batch rows, and the devices of each share the event, as
/// `split` says, on its rows.
struct Spread {
  std::vector<DeviceIndex> devices{host_device};  ///< one or more, all different
  Split split = Split::Tensor;                    ///< without meaning for one device
  std::size_t replicas = 1;                       ///< of Tensor; divides their number and is less
  std::vector<double> weights;                    ///< in which proportion, by device; empty: equal
  /// Of Tensor: do devices of a group share by tokens what they cannot share by columns or heads? Else each does all.
  bool sequence_parallel = false;

  /// Context parallel: so many groups that follow each other share the tokens of the same sequences and their caches,
  /// in place of sequences; of Tensor it divides `replicas`, of Replicas the number of devices.
  std::size_t context = 1;

  bool is_grid() const { return replicas > 1; }
  std::size_t group_size() const { return devices.size() / replicas; }
  /// Do devices, or groups of them, share the rows of the batch?
  bool shares_rows() const { return devices.size() > 1 && (is_grid() || split == Split::Replicas); }

  /// Devices, or groups of them, that share rows; 1 where none do.
  std::size_t groups() const { return is_grid() ? replicas : shares_rows() ? devices.size() : 1; }
  /// Of the sequences, by what has rows of its own: a group or, of context parallel, so many of them.
  Proportions rows() const;
  /// Of the tokens of the n-th of those, by its groups.
  Proportions tokens(std::size_t index) const;
  /// Of what all devices share, or those of one group.
  Proportions within(std::size_t group = 0) const;
  /// The devices of one group, as they share its rows.
  Spread group(std::size_t index) const;
  /// The devices in one place of all groups.
  std::vector<DeviceIndex> column(std::size_t place) const;

  /// Where in `devices` those are that are in one place of all groups that share the same sequences, in the order of
  /// their tokens.
  std::vector<std::vector<std::size_t>> context_columns() const;

  bool same_as(const Spread& other) const {
    return devices == other.devices && split == other.split && replicas == other.replicas && weights == other.weights &&
           sequence_parallel == other.sequence_parallel && context == other.context;
  }
};

}  // namespace upmem_des

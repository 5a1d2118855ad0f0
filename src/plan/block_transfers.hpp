/// Transfers of a mixture of experts once a block.
#pragma once

#include <vector>

#include "plan/transfer_rules.hpp"

namespace upmem_des {

/// A block of experts opens at the first event marked `m` and closes before the first event after a `moe.end` that is
/// not one of the block's layers. While it is open each marked name is sent the block's input once; when it closes, the
/// experts' outputs return to the host, but for the share of one expert a token, which flows on with the next event.
class BlockTransfers : public TransferPolicy {
 public:
  BlockTransfers(const CostModel& model, const MoeOptions& moe, double bytes_per_element)
      : model_(model), moe_(moe), bytes_per_element_(bytes_per_element) {}

  void place(const Mapping::Found& found, PlannedEvent& planned) override;
  void finish(PlannedEvent& planned) override;

 private:
  bool is_member(Name name) const;
  void close(TransferList& list);

  const CostModel& model_;
  MoeOptions moe_;
  double bytes_per_element_;

  bool open_ = false;
  bool ended_once_ = false;     // has an expert of the block ended?
  std::vector<Name> members_;   // names between the opening and the first end
  std::vector<Name> sent_;      // marked names whose input was sent
  double input_rows_ = 0;       // tokens that enter the block
  double output_elements_ = 0;  // of all experts that ended
  double previous_rows_ = 0;    // of the event before: the router's tokens when a block opens
};

}  // namespace upmem_des

/// Transfers as the published tool counts them.
#pragma once

#include <unordered_map>

#include "plan/transfer_rules.hpp"

namespace upmem_des {

/// The quirks "m counts only when nothing else moved", "an end without counted experts pays every time" and "the first
/// expert's tokens stand for all" of docs/models.md are here.
class PublishedTransfers : public TransferPolicy {
 public:
  PublishedTransfers(const CostModel& model, const MoeOptions& moe, double bytes_per_element)
      : model_(model), moe_(moe), bytes_per_element_(bytes_per_element) {}

  void place(const Mapping::Found& found, PlannedEvent& planned) override;
  void finish(PlannedEvent& planned) override;

 private:
  bool all_experts_seen() const;

  const CostModel& model_;
  MoeOptions moe_;
  double bytes_per_element_;
  std::unordered_map<Name, std::int64_t> seen_;  // per key with m, since the last end of a block
};

}  // namespace upmem_des

#include "plan/block_transfers.hpp"

#include <algorithm>

namespace upmem_des {

namespace {

double rows_of(const Shape& shape) {
  const auto width = static_cast<double>(shape.from_end(0));
  return width > 0 ? shape.elements() / width : 0;
}

bool contains(const std::vector<Name>& names, Name name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

bool BlockTransfers::is_member(Name name) const {
  return contains(members_, name);
}

void BlockTransfers::close(TransferList& list) {
  open_ = false;
  if (current() == host_device || moe_.experts_per_token < 1) return;
  const auto k = static_cast<double>(moe_.experts_per_token);
  list.add({current(), Direction::DeviceToHost, bytes_per_element_ * output_elements_ * (k - 1) / k});
}

void BlockTransfers::place(const Mapping::Found& found, PlannedEvent& planned) {
  const LayerEvent& event = *planned.event;
  const bool marked = found.target != nullptr && found.target->shared_input;
  if (open_ && ended_once_ && !is_member(event.name)) close(planned.before);
  if (marked && !open_) {
    open_ = true;
    ended_once_ = false;
    members_.clear();
    sent_.clear();
    input_rows_ = std::max(previous_rows_, rows_of(event.input_shape));
    output_elements_ = 0;
  }

  if (found.target != nullptr) {
    const MapTarget& target = *found.target;
    const bool first_of_block = marked && !contains(sent_, found.key);
    if (target.device() != current() || target.transfer_point || first_of_block) {
      const double own_bytes = model_.input_bytes(event);
      double bytes = own_bytes;
      if (first_of_block) bytes = bytes_per_element_ * input_rows_ * static_cast<double>(event.input_shape.from_end(0));
      move_input(target.device(), bytes, bytes, planned.before);
    }
    if (first_of_block) sent_.push_back(found.key);
  }
  planned.device = current();

  if (open_) {
    if (!ended_once_ && !is_member(event.name)) members_.push_back(event.name);
    if (!moe_.end.empty() && event.name == moe_.end) {
      ended_once_ = true;
      output_elements_ += event.output_shape.elements();
    }
  }
  previous_rows_ = rows_of(event.output_shape);
}

void BlockTransfers::finish(PlannedEvent& planned) {
  if (open_) close(planned.before);
  planned.device = current();
}

}  // namespace upmem_des

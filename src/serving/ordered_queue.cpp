#include "serving/ordered_queue.hpp"

#include <algorithm>
#include <tuple>

namespace upmem_des {

bool OrderedQueue::Entry::operator<(const Entry& other) const {
  return std::tie(key, arrival_s, id) > std::tie(other.key, other.arrival_s, other.id);
}

OrderedQueue::Entry OrderedQueue::entry(const RequestTable& table, std::uint32_t slot) const {
  const Request& request = table[slot].request;
  return {key_(request), request.arrival_s, request.id, slot};
}

void OrderedQueue::add(RequestTable& table, std::uint32_t slot) {
  heap_.push_back(entry(table, slot));
  std::push_heap(heap_.begin(), heap_.end());
}

void OrderedQueue::pop(RequestTable& /*table*/) {
  std::pop_heap(heap_.begin(), heap_.end());
  heap_.pop_back();
}

void OrderedQueue::remove(RequestTable& /*table*/, std::uint32_t slot) {
  heap_.erase(std::find_if(heap_.begin(), heap_.end(), [&](const Entry& candidate) { return candidate.slot == slot; }));
  std::make_heap(heap_.begin(), heap_.end());
}

std::vector<std::uint32_t> OrderedQueue::slots(const RequestTable& /*table*/) const {
  std::vector<Entry> ordered = heap_;
  std::sort(ordered.rbegin(), ordered.rend());
  std::vector<std::uint32_t> all;
  for (const Entry& each : ordered) all.push_back(each.slot);
  return all;
}

std::size_t OrderedQueue::last_of(const RequestTable& table, const std::vector<std::uint32_t>& running) const {
  std::size_t last = 0;
  for (std::size_t index = 1; index < running.size(); ++index)
    if (entry(table, running[index]) < entry(table, running[last])) last = index;
  return last;
}

}  // namespace upmem_des

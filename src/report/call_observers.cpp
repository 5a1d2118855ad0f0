#include "report/call_observers.hpp"

namespace upmem_des {

void CallObserver::on_event(const EventRecord& record) {
  if (record.event == nullptr) return;
  calls_.add(*record.event, record.phase, record.end_s - record.start_s, Name(record.device));
}

void ObserverList::on_event(const EventRecord& record) {
  for (EventObserver* observer : observers_) observer->on_event(record);
}

}  // namespace upmem_des

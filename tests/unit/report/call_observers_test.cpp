#include "report/call_observers.hpp"

#include <gtest/gtest.h>

#include "call_sample.hpp"

using namespace upmem_des;

TEST(CallObserverTest, ACallTakesFromStartToEnd) {
  CallTotals calls;
  CallObserver observer(calls);
  const LayerEvent event = layer_call(0, "Linear", "a", 1, {1, 8}, {1, 2}, 123456);
  const std::string device = "DEV";
  const EventCost cost;
  // The simulation counts this decode event as prefill: its phase is what the record says.
  observer.on_event({&event, device, Phase::Prefill, 2, 2.5, cost});
  observer.on_event({nullptr, device, Phase::Decode, 2.5, 4, cost});
  EXPECT_EQ(calls.total(EventKind::Layer).count, 1) << "the final transfer is no call";
  const CallGroup& layer = *calls.layers().at(0);
  EXPECT_EQ(layer.phases[0].count, 1);
  EXPECT_DOUBLE_EQ(layer.phases[0].time_s, 0.5);
  EXPECT_EQ(layer.device, "DEV");
}

TEST(ObserverListTest, TellsAllInOrder) {
  std::string told;
  class Note : public EventObserver {
   public:
    Note(std::string& text, char mark) : text_(text), mark_(mark) {}
    void on_event(const EventRecord& record) override { text_ += mark_ + record.device; }

   private:
    std::string& text_;
    char mark_;
  };
  Note first(told, 'a');
  Note second(told, 'b');
  ObserverList list;
  const std::string device = "D";
  const EventCost cost;
  list.on_event({nullptr, device, Phase::Decode, 0, 0, cost});
  EXPECT_EQ(told, "");
  list.add(first);
  list.add(second);
  list.on_event({nullptr, device, Phase::Decode, 0, 0, cost});
  EXPECT_EQ(told, "aDbD");
}

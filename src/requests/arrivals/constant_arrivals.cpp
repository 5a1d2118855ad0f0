#include "requests/arrivals/arrivals.hpp"

namespace upmem_des {

namespace {

/// Request i at i / rate.
class ConstantArrivals : public ArrivalProcess {
 public:
  explicit ConstantArrivals(double rate_per_s) : rate_per_s_(rate_per_s) {}

  std::optional<double> next_s() override { return static_cast<double>(taken_) / rate_per_s_; }
  void take(Request& request) override {
    request.arrival_s = *next_s();
    ++taken_;
  }

 private:
  double rate_per_s_;
  std::int64_t taken_ = 0;
};

}  // namespace

ArrivalForm constant_arrivals() {
  return {"constant",
          {rate_rule()},
          false,
          [](const ArrivalsSection&) { return false; },
          [](const ArrivalsSection& section, std::uint64_t) {
            return std::make_unique<ConstantArrivals>(section.numbers.at("rate"));
          }};
}

}  // namespace upmem_des

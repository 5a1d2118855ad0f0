#include "requests/arrivals/arrivals.hpp"

namespace upmem_des {

namespace {

/// `size` requests at once at 0, every_s, 2 every_s …; without every_s at 0 only.
class BurstArrivals : public ArrivalProcess {
 public:
  BurstArrivals(std::int64_t size, std::optional<double> every_s) : size_(size), every_s_(every_s) {}

  std::optional<double> next_s() override {
    const std::int64_t burst = taken_ / size_;
    if (burst == 0) return 0;
    if (!every_s_) return std::nullopt;
    return static_cast<double>(burst) * *every_s_;
  }
  void take(Request& request) override {
    request.arrival_s = *next_s();
    ++taken_;
  }

 private:
  std::int64_t size_;
  std::optional<double> every_s_;
  std::int64_t taken_ = 0;
};

}  // namespace

ArrivalForm burst_arrivals() {
  NumberRule every = optional_rule(seconds_rule("every_s"));
  every.least_excluded = true;
  return {"burst",
          {{"size", 1, most_requests, false, true}, every},
          false,
          [](const ArrivalsSection& section) { return !section.numbers.find("every_s"); },
          [](const ArrivalsSection& section, std::uint64_t) {
            return std::make_unique<BurstArrivals>(static_cast<std::int64_t>(section.numbers.at("size")),
                                                   section.numbers.find("every_s"));
          }};
}

}  // namespace upmem_des

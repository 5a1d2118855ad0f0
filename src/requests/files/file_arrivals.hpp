/// The times of a file, whatever its requests are. Internal to the room.
#pragma once

#include "requests/arrivals/arrivals.hpp"
#include "requests/files/request_file.hpp"

namespace upmem_des {

class FileArrivals : public ArrivalProcess {
 public:
  explicit FileArrivals(const RequestFileSection& section) : file_(section) {}

  std::optional<double> next_s() override {
    if (file_.peek() == nullptr) return std::nullopt;
    return file_.peek()->arrival_s;
  }
  void take(Request& request) override {
    request.arrival_s = file_.peek()->arrival_s;
    file_.advance();
  }

 private:
  RequestFile file_;
};

}  // namespace upmem_des

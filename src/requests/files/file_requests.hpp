/// The requests of a file at its times. Internal to the room.
#pragma once

#include "requests/files/request_file.hpp"
#include "requests/request_source.hpp"

namespace upmem_des {

class FileRequests : public RequestSource {
 public:
  explicit FileRequests(const RequestsSection& section)
      : file_(*section.file), count_(section.count), duration_s_(section.duration_s) {}

  std::optional<double> next_arrival_s() override {
    const Request* next = file_.peek();
    if (next == nullptr || (count_ && taken_ >= *count_) || (duration_s_ && next->arrival_s >= *duration_s_))
      return std::nullopt;
    return next->arrival_s;
  }
  Request take() override {
    Request request = *file_.peek();
    request.id = taken_++;
    file_.advance();
    return request;
  }
  void finished(std::int64_t, double) override {}

 private:
  RequestFile file_;
  std::optional<std::int64_t> count_;
  std::optional<double> duration_s_;
  std::int64_t taken_ = 0;
};

}  // namespace upmem_des

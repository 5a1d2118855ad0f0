/// Requests as they come.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "upmem_des/requests/request.hpp"

namespace upmem_des {

struct RequestsSection;

/// A stream of requests with a clock, kept no longer than requests are alive. Closed loops and sessions go on where
/// finished() says that a request has ended.
class RequestSource {
 public:
  virtual ~RequestSource() = default;

  /// When the next request arrives, in seconds from the start; none: never, or not before a request that was taken
  /// has ended. What it says can only become earlier by finished(), and never earlier than that call's time.
  virtual std::optional<double> next_arrival_s() = 0;

  /// That request. Only where next_arrival_s() has one. Throws InputError where a file turns out to be wrong.
  virtual Request take() = 0;

  /// The request of that id, which was taken and has not been finished, ended at `time_s`, whether it was served or
  /// refused. To be called for every request, in order of time.
  virtual void finished(std::int64_t id, double time_s) = 0;
};

/// The requests that a scenario describes; each call gives the same ones from the start. Throws InputError where a
/// file cannot be opened, or its first row is wrong.
std::unique_ptr<RequestSource> make_request_source(const RequestsSection& section);

/// What a file of requests holds as far as a section takes it; all of it is read and checked. Zeros without a file.
struct RequestFileFacts {
  std::int64_t requests = 0;
  std::int64_t most_tokens = 0;  ///< prompt and output of one request
};
/// Throws InputError on whatever is wrong with the file.
RequestFileFacts check_request_file(const RequestsSection& section);

}  // namespace upmem_des

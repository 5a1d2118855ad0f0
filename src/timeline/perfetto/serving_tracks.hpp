/// A timeline of served requests for Perfetto and chrome://tracing.
#pragma once

#include <memory>
#include <string>

#include "upmem_des/result/serving_result.hpp"

namespace upmem_des {

/// Writes Chrome's trace-event JSON as the run goes: a process for each instance, with its steps as slices and what
/// runs, waits and takes blocks as counters; and one of requests, each a slice from its arrival to its last token with
/// its time in the queue, its prompt and its tokens in it. Requests that do not overlap share a thread.
class ServingTracks : public RequestObserver, public ServingObserver {
 public:
  /// Throws InputError as OutputFile does, and so do all calls.
  ServingTracks(const std::string& path, const std::string& title);
  ~ServingTracks() override;

  void on_request(const RequestRecord& request) override;
  void on_step(const ServingStep& step) override;

  /// Puts the file in place; without it nothing is left.
  void commit();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace upmem_des

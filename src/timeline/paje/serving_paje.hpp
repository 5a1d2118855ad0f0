/// A timeline of served requests for Paje viewers.
#pragma once

#include <memory>
#include <string>

#include "upmem_des/result/serving_result.hpp"

namespace upmem_des {

/// Writes a Paje trace as the run goes, in order of time: a container for each instance, with what runs, waits and
/// takes blocks as variables and its steps as states of containers below it; and lanes of requests, each of which has
/// one at a time, as states from its arrival to its last token. What is kept grows with the requests alive.
class ServingPaje : public RequestObserver, public ServingObserver {
 public:
  /// Throws InputError as OutputFile does, and so do all calls.
  ServingPaje(const std::string& path, const std::string& title, std::size_t instances);
  ~ServingPaje() override;

  void on_arrival(std::int64_t id, double time_s) override;
  void on_scheduled(std::int64_t id, double time_s) override;
  void on_first_token(std::int64_t id, double time_s) override;
  void on_request(const RequestRecord& request) override;
  void on_planned_step(const ServingStep& step) override;
  void on_step(const ServingStep& step) override;

  /// Ends all containers and puts the file in place; without it nothing is left.
  void commit();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace upmem_des

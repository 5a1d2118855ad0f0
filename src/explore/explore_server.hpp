/// The page to explore, served to a browser on this machine.
#pragma once

#include <memory>

#include "explore/explore_answers.hpp"

namespace upmem_des {

/// On 127.0.0.1 alone. It answers
///   GET /            the page
///   GET /api/offer   offer_json()
///   POST /api/run    ExploreAnswers::run(); a newer request of the same page makes an older one obsolete
///   POST /api/curve  lines, a first one with {"command": …}, then ExploreAnswers::point() of each batch as it ends,
///                    up to the first that cannot run
/// and what refusal_of() lets pass of these only, with {"error": …} and status 4xx otherwise.
class ExploreServer {
 public:
  /// Both outlive it. Port 0: any that is free. Throws InputError ("--port: …") where it is taken.
  ExploreServer(ExploreAnswers& answers, RunWorker& worker, int port);
  ExploreServer(const ExploreServer&) = delete;
  ExploreServer& operator=(const ExploreServer&) = delete;
  ~ExploreServer();

  int port() const;

  /// Does not return. Throws SimulationError where no more connections can be taken.
  void serve();

 private:
  struct Parts;
  std::shared_ptr<Parts> parts_;  ///< none where this program was built without UPMEM_DES_EXPLORE
};

}  // namespace upmem_des

/// The page to explore, served to a browser on this machine.
#pragma once

#include <cstddef>
#include <memory>

#include "explore/explore_answers.hpp"

namespace upmem_des {

/// False where this program was built without UPMEM_DES_EXPLORE.
bool has_explore_server();

/// Bodies of requests that are longer are not read.
inline constexpr std::size_t most_request_bytes = 16384;

/// On 127.0.0.1 alone. It answers
///   GET /            the page
///   GET /api/offer   offer_json()
///   POST /api/run    ExploreAnswers::run(); a newer request of the same page makes an older one obsolete
///   POST /api/curve  lines, a first one with {"command": …}, then ExploreAnswers::point() of each batch as it ends;
///   after the
///                    first that cannot run there are no more
/// and what refusal_of() lets pass of these only, with {"error": …} and status 4xx otherwise.
class ExploreServer {
 public:
  /// Both outlive it. Port 0: any that is free. Throws InputError ("--port: …") where it is taken.
  ExploreServer(ExploreAnswers& answers, RunWorker& worker, int port);
  ExploreServer(const ExploreServer&) = delete;
  ExploreServer& operator=(const ExploreServer&) = delete;
  ~ExploreServer();

  int port() const;

  /// Until stop(), which another thread may call.
  void serve();
  void stop();

 private:
  struct Parts;
  std::shared_ptr<Parts> parts_;  ///< none where has_explore_server() is false
};

}  // namespace upmem_des

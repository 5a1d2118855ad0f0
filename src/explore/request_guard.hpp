/// Which requests a server on this machine's own address answers.
#pragma once

#include <string>

namespace upmem_des {

/// The heads of a request that matter here; empty: not given.
struct RequestHeads {
  std::string method;
  std::string host;
  std::string origin;
  std::string content_type;
  std::string fetch_site;  ///< Sec-Fetch-Site, which browsers add
  std::string transfer_encoding;
  std::string content_encoding;
};

/// Why a request is not answered; status 0: it is.
struct Refusal {
  int status = 0;
  std::string why;
};

/// A page of another site can make a browser send requests to any address and port, and can have its own name resolve
/// to 127.0.0.1 (DNS rebinding). So only requests to 127.0.0.1:port or localhost:port are answered (403 else), from a
/// page that came from there where a browser says from which (403), and those that change or start something only as
/// application/json (415), which another site cannot send without being asked first. How long a body is has to be said
/// before it (411): it is not taken in pieces, or packed (415).
Refusal refusal_of(const RequestHeads& heads, int port);

}  // namespace upmem_des

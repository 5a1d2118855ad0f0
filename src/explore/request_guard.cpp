#include "explore/request_guard.hpp"

#include <algorithm>
#include <cctype>

namespace upmem_des {

namespace {

bool is_own(const std::string& host, int port) {
  const std::string end = ":" + std::to_string(port);
  return host == "127.0.0.1" + end || host == "localhost" + end;
}

/// Without parameters, in small letters.
std::string media_type(const std::string& content_type) {
  std::string type = content_type.substr(0, content_type.find(';'));
  while (!type.empty() && type.back() == ' ') type.pop_back();
  std::transform(type.begin(), type.end(), type.begin(), [](unsigned char c) { return std::tolower(c); });
  return type;
}

}  // namespace

Refusal refusal_of(const RequestHeads& heads, int port) {
  if (!is_own(heads.host, port)) return {403, "Host: is not this address; expected 127.0.0.1:" + std::to_string(port)};
  constexpr const char* scheme = "http://";
  const std::string origin = heads.origin;
  if (!origin.empty() && (origin.rfind(scheme, 0) != 0 || !is_own(origin.substr(std::string(scheme).size()), port)))
    return {403, "Origin: is another site; expected http://127.0.0.1:" + std::to_string(port)};
  if (heads.fetch_site == "cross-site" && heads.method != "GET") return {403, "Sec-Fetch-Site: is another site"};
  if (heads.method == "GET" || heads.method == "HEAD") return {};
  if (heads.method != "POST") return {405, "expected GET or POST"};
  if (media_type(heads.content_type) != "application/json")
    return {415, "Content-Type: is not what requests are; expected application/json"};
  if (!heads.transfer_encoding.empty()) return {411, "Transfer-Encoding: is not taken; expected Content-Length"};
  if (!heads.content_encoding.empty()) return {415, "Content-Encoding: is not taken; expected plain JSON"};
  return {};
}

}  // namespace upmem_des

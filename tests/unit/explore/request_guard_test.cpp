#include "explore/request_guard.hpp"

#include <gtest/gtest.h>

using namespace upmem_des;

namespace {

constexpr int port = 8080;

RequestHeads get() {
  RequestHeads heads;
  heads.method = "GET";
  heads.host = "127.0.0.1:8080";
  return heads;
}

RequestHeads post() {
  RequestHeads heads = get();
  heads.method = "POST";
  heads.origin = "http://127.0.0.1:8080";
  heads.content_type = "application/json";
  heads.fetch_site = "same-origin";
  return heads;
}

/// Of a request that is as it should be but for one head.
int status(RequestHeads heads, std::string RequestHeads::*head, const std::string& text) {
  heads.*head = text;
  return refusal_of(heads, port).status;
}

}  // namespace

TEST(RequestGuardTest, RequestsOfTheOwnPageAreAnswered) {
  EXPECT_EQ(refusal_of(get(), port).status, 0);
  EXPECT_EQ(refusal_of(post(), port).status, 0);
  EXPECT_EQ(status(get(), &RequestHeads::host, "localhost:8080"), 0);
  EXPECT_EQ(status(post(), &RequestHeads::origin, "http://localhost:8080"), 0);
  EXPECT_EQ(status(post(), &RequestHeads::content_type, "Application/JSON; charset=utf-8"), 0);
  // curl says no origin.
  EXPECT_EQ(status(post(), &RequestHeads::origin, ""), 0);
}

TEST(RequestGuardTest, NamesThatLeadHereAreNotThisAddress) {
  for (const char* const host : {"", "evil.example", "evil.example:8080", "127.0.0.1", "127.0.0.1:80",
                                 "127.0.0.1:80801", "127.0.0.1:8080.evil.example", "0.0.0.0:8080", "[::1]:8080"}) {
    EXPECT_EQ(status(get(), &RequestHeads::host, host), 403) << host;
    EXPECT_EQ(status(post(), &RequestHeads::host, host), 403) << host;
  }
}

TEST(RequestGuardTest, PagesOfOtherSitesAskNothing) {
  for (const char* const origin : {"null", "http://evil.example", "https://127.0.0.1:8080", "http://127.0.0.1:9090",
                                   "http://127.0.0.1:8080.evil.example", "http://localhost"}) {
    EXPECT_EQ(status(post(), &RequestHeads::origin, origin), 403) << origin;
    EXPECT_EQ(status(get(), &RequestHeads::origin, origin), 403) << origin;
  }
  EXPECT_EQ(status(post(), &RequestHeads::fetch_site, "cross-site"), 403);
}

TEST(RequestGuardTest, BodiesArePlainJsonOfAKnownLength) {
  for (const char* const type : {"", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data",
                                 "application/jsonp", "text/plain; application/json"})
    EXPECT_EQ(status(post(), &RequestHeads::content_type, type), 415) << type;
  EXPECT_EQ(status(post(), &RequestHeads::transfer_encoding, "chunked"), 411);
  EXPECT_EQ(status(post(), &RequestHeads::content_encoding, "gzip"), 415);
}

TEST(RequestGuardTest, OtherMethods) {
  for (const char* const method : {"PUT", "DELETE", "OPTIONS", "PATCH", "CONNECT", ""})
    EXPECT_EQ(status(post(), &RequestHeads::method, method), 405) << method;
}

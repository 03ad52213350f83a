#include "tern/http/http.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tern/base/error.h"
#include "tern/http/http_server_test_util.h"

namespace tern {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

HttpOptions quick() {
  HttpOptions options;
  options.connect_timeout_seconds = 2;
  options.stall_timeout_seconds = 0.2;
  options.retries = 2;
  options.first_wait_seconds = 0.01;
  return options;
}

HttpOptions with_token() {
  HttpOptions options = quick();
  options.headers = {{"Authorization", "Bearer secret"}};
  return options;
}

std::string numbered_text(size_t bytes) {
  std::string text;
  for (int i = 0; text.size() < bytes; ++i) text += std::to_string(i) + '\n';
  text.resize(bytes);
  return text;
}

std::string read_url(const std::string& url) { return read_all(*open_url(url, quick())); }

TEST(Http, HeadGivesStatusAndHeadersInAnyCase) {
  HttpServer server;
  server.serve("/file", {.headers = {{"X-Repo-Commit", "abc"}}, .body = "12345"});
  const HttpAnswer answer = http_head(server.url() + "/file", quick());
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.header("x-repo-commit"), "abc");
  EXPECT_EQ(answer.header("content-length"), "5");
  EXPECT_EQ(answer.header("X-Repo"), "");
}

TEST(Http, StreamsABodyLargerThanItsBuffer) {
  HttpServer server;
  const std::string text = numbered_text(5 << 20);
  server.serve("/file", {.body = text});
  EXPECT_TRUE(read_url(server.url() + "/file") == text);
  EXPECT_EQ(server.requests().size(), 1u);
}

TEST(Http, BeginsAtAnOffset) {
  HttpServer server;
  server.serve("/file", {.body = "0123456789"});
  EXPECT_EQ(read_all(*open_url(server.url() + "/file", quick(), 7)), "789");
}

TEST(Http, TheBeginningOfALargeBodyCanBeReadAlone) {
  HttpServer server;
  server.serve("/file", {.body = numbered_text(4 << 20)});
  const auto source = open_url(server.url() + "/file", quick());
  char begin[4];
  ASSERT_GT(source->read(begin, sizeof begin), 0u);
  EXPECT_EQ(begin[0], '0');
}

TEST(Http, ResumesWhereAConnectionBrokeOff) {
  HttpServer server;
  const std::string text = numbered_text(100'000);
  server.serve("/file", {.body = text, .breaks = 2, .bytes_before_break = 30'000});
  EXPECT_TRUE(read_url(server.url() + "/file") == text);
  ASSERT_EQ(server.requests().size(), 3u);
  EXPECT_EQ(server.requests()[1].range, "bytes=30000-");
  EXPECT_EQ(server.requests()[2].range, "bytes=60000-");
}

TEST(Http, ResumesWhereAConnectionFellSilent) {
  HttpServer server;
  const std::string text = numbered_text(100'000);
  server.serve("/file",
               {.body = text, .breaks = 1, .bytes_before_break = 30'000, .falls_silent = true});
  EXPECT_TRUE(read_url(server.url() + "/file") == text);
  EXPECT_EQ(server.requests().size(), 2u);
}

TEST(Http, ResumesAlsoWithoutRangesOnTheServer) {
  HttpServer server;
  const std::string text = numbered_text(100'000);
  server.serve("/file",
               {.body = text, .knows_ranges = false, .breaks = 1, .bytes_before_break = 30'000});
  EXPECT_TRUE(read_url(server.url() + "/file") == text);
}

TEST(Http, RefusesAFileThatChangedBetweenTwoConnections) {
  HttpServer server;
  Route route{.headers = {{"ETag", "\"one\""}}, .body = numbered_text(100'000)};
  route.breaks = 1;
  route.bytes_before_break = 30'000;
  server.serve("/file", route);
  const auto source = open_url(server.url() + "/file", quick());
  server.serve("/file", {.headers = {{"ETag", "\"two\""}}, .body = route.body});
  EXPECT_THAT([&] { read_all(*source); },
              ThrowsMessage<Error>(HasSubstr("changed while it was being read")));
}

TEST(Http, GivesUpAfterItsRetriesAndSaysWhere) {
  HttpServer server;
  Route route{.body = numbered_text(100'000)};
  route.breaks = 100;
  route.falls_silent = true;
  server.serve("/file", route);
  EXPECT_THAT([&] { read_url(server.url() + "/file"); },
              ThrowsMessage<Error>(AllOf(HasSubstr("/file"), HasSubstr("no byte came"))));
  EXPECT_EQ(server.requests().size(), 3u);
}

TEST(Http, ABusyServerIsAskedAgainAndAMissingFileIsNot) {
  HttpServer server;
  server.serve("/busy", {.status = 503});
  EXPECT_EQ(http_head(server.url() + "/busy", quick()).status, 503);
  EXPECT_EQ(server.requests().size(), 3u);
  EXPECT_THAT([&] { read_url(server.url() + "/missing"); }, ThrowsMessage<Error>(HasSubstr("404")));
  EXPECT_EQ(server.requests().size(), 4u);
}

TEST(Http, FollowsARedirectToAnotherHostWithoutTheToken) {
  HttpServer home, storage;
  storage.serve("/blob", {.body = "contents"});
  home.serve("/file", {.status = 302, .headers = {{"Location", storage.url() + "/blob"}}});
  EXPECT_EQ(read_all(*open_url(home.url() + "/file", with_token())), "contents");
  EXPECT_EQ(home.requests().at(0).authorization, "Bearer secret");
  EXPECT_EQ(storage.requests().at(0).authorization, "");
}

TEST(Http, StaysWithinTheOriginWhenAskedTo) {
  HttpServer home, storage;
  home.serve("/old", {.status = 307, .headers = {{"Location", "/new"}}});
  home.serve("/new", {.status = 302, .headers = {{"Location", storage.url() + "/blob"}}});
  HttpOptions options = with_token();
  options.redirects = Redirects::kWithinOrigin;
  const HttpAnswer answer = http_head(home.url() + "/old", options);
  EXPECT_EQ(answer.header("Location"), storage.url() + "/blob");
  EXPECT_EQ(home.requests().at(1).authorization, "Bearer secret");
  EXPECT_TRUE(storage.requests().empty());
}

TEST(Http, EndlessRedirectsAreAnError) {
  HttpServer server;
  server.serve("/loop", {.status = 302, .headers = {{"Location", "/loop"}}});
  EXPECT_THAT([&] { read_url(server.url() + "/loop"); },
              ThrowsMessage<Error>(HasSubstr("redirects")));
}

TEST(Http, AnUnreachableServerIsStatusZeroOrAnError) {
  const std::string url = closed_port_url() + "/file";
  const HttpAnswer answer = http_head(url, quick());
  EXPECT_EQ(answer.status, 0);
  EXPECT_THAT(answer.failure, HasSubstr("connect"));
  EXPECT_THAT([&] { read_url(url); }, ThrowsMessage<Error>(HasSubstr("connect")));
}

TEST(Http, StopsWhileItWaitsWhenAskedTo) {
  HttpServer server;
  Route route{.body = "never sent"};
  route.breaks = 100;
  route.falls_silent = true;
  server.serve("/file", route);
  HttpOptions options = quick();
  options.stall_timeout_seconds = 60;
  int asked = 0;
  options.keep_going = [&] { return ++asked < 3; };
  EXPECT_THAT([&] { read_all(*open_url(server.url() + "/file", options)); },
              ThrowsMessage<Error>(HasSubstr("stopped")));
}

TEST(Http, PostsABodyAndGivesTheAnswersStatusHeadersAndBody) {
  HttpServer server;
  server.serve("/ask", {.status = 429, .headers = {{"Retry-After", "7"}}, .body = "slowly"});
  const std::string body = numbered_text(1 << 20);
  HttpOptions options = with_token();
  options.headers.emplace_back("Content-Type", "application/json");
  const HttpAnswer answer = http_post(server.url() + "/ask", body, options);
  EXPECT_EQ(answer.status, 429);
  EXPECT_EQ(answer.header("retry-after"), "7");
  EXPECT_EQ(answer.body, "slowly");
  ASSERT_EQ(server.requests().size(), 1u);
  EXPECT_EQ(server.requests()[0].method, "POST");
  EXPECT_EQ(server.requests()[0].authorization, "Bearer secret");
  EXPECT_TRUE(server.requests()[0].body == body);
}

TEST(Http, APostIsNotSentTwiceNorElsewhere) {
  HttpServer home, storage;
  home.serve("/busy", {.status = 503});
  home.serve("/old", {.status = 307, .headers = {{"Location", storage.url() + "/new"}}});
  EXPECT_EQ(http_post(home.url() + "/busy", "text", quick()).status, 503);
  EXPECT_EQ(http_post(home.url() + "/old", "text", quick()).status, 307);
  EXPECT_EQ(home.requests().size(), 2u);
  EXPECT_TRUE(storage.requests().empty());
}

TEST(Http, AnAnswerToAPostIsCutWhereItGrowsTooLarge) {
  HttpServer server;
  server.serve("/ask", {.body = numbered_text(4 << 20)});
  const HttpAnswer answer = http_post(server.url() + "/ask", "text", quick(), 1000);
  EXPECT_EQ(answer.body.size(), 1000u);
  EXPECT_THAT(answer.failure, HasSubstr("more than 1000 bytes"));
}

TEST(Http, APostToNobodyIsStatusZero) {
  const HttpAnswer answer = http_post(closed_port_url() + "/ask", "text", quick());
  EXPECT_EQ(answer.status, 0);
  EXPECT_THAT(answer.failure, HasSubstr("connect"));
}

}  // namespace
}  // namespace tern

#include "tern/http/http_server_test_util.h"

#include <httplib.h>

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <thread>

#include "tern/base/error.h"

namespace tern {

struct HttpServer::State {
  httplib::Server server;
  int port = 0;
  std::thread thread;
  mutable std::mutex mutex;
  std::condition_variable stopping_changed;
  bool stopping = false;
  std::map<std::string, std::deque<Route>> routes;
  std::map<std::string, bool> asked;
  std::vector<Request> requests;

  void answer(const httplib::Request& request, httplib::Response& response);
  void stay_silent();
};

void HttpServer::State::answer(const httplib::Request& request, httplib::Response& response) {
  const std::lock_guard guard(mutex);
  requests.push_back({request.method,
                      request.target,
                      request.get_header_value("Authorization"),
                      request.get_header_value("Range"),
                      request.body,
                      {request.headers.begin(), request.headers.end()}});
  const auto found = routes.find(request.target);
  if (found == routes.end()) {
    response.status = 404;
    return;
  }
  std::deque<Route>& turns = found->second;
  if (std::exchange(asked[request.target], true) && turns.size() > 1) turns.pop_front();
  Route& route = turns.front();
  if (route.status != 200) response.status = route.status;  // httplib chooses between 200 and 206
  for (const auto& [name, value] : route.headers) response.set_header(name, value);
  // httplib serves ranges by itself, and the request object that it made is not const.
  if (!route.knows_ranges) const_cast<httplib::Request&>(request).ranges.clear();
  if (route.body.empty()) return;

  const bool breaks = request.method == "GET" && route.breaks > 0;
  if (breaks) --route.breaks;
  size_t left = breaks ? route.bytes_before_break : route.body.size();
  response.set_content_provider(route.body.size(), "application/octet-stream",
                                [this, left, silent = route.falls_silent, body = route.body](
                                    size_t offset, size_t length, httplib::DataSink& sink) mutable {
                                  if (left == 0 && silent) stay_silent();
                                  if (left == 0) return false;
                                  const size_t n = std::min({length, left, size_t{1} << 16});
                                  left -= n;
                                  return sink.write(body.data() + offset, n);
                                });
}

void HttpServer::State::stay_silent() {
  std::unique_lock lock(mutex);
  stopping_changed.wait_for(lock, std::chrono::seconds(5), [this] { return stopping; });
}

HttpServer::HttpServer() : state_(std::make_unique<State>()) {
  State& state = *state_;
  state.server.set_keep_alive_max_count(1);
  const auto answer = [&state](const httplib::Request& request, httplib::Response& response) {
    state.answer(request, response);
  };
  state.server.Get(".*", answer);
  state.server.Post(".*", answer);
  state.port = state.server.bind_to_any_port("127.0.0.1");
  check(state.port > 0, "the test server finds no free port on 127.0.0.1");
  state.thread = std::thread([&state] { state.server.listen_after_bind(); });
  while (!state.server.is_running()) std::this_thread::yield();
}

HttpServer::~HttpServer() {
  {
    const std::lock_guard guard(state_->mutex);
    state_->stopping = true;
  }
  state_->stopping_changed.notify_all();
  state_->server.stop();
  state_->thread.join();
}

std::string HttpServer::url() const { return fmt::format("http://127.0.0.1:{}", state_->port); }

void HttpServer::serve(const std::string& path, Route route) {
  serve_in_turn(path, {std::move(route)});
}

void HttpServer::serve_in_turn(const std::string& path, std::vector<Route> routes) {
  const std::lock_guard guard(state_->mutex);
  state_->routes[path] = {routes.begin(), routes.end()};
  state_->asked[path] = false;
}

std::string HttpServer::Request::header(const std::string& name) const {
  HttpAnswer all;
  all.headers = headers;
  return std::string(all.header(name));
}

std::vector<HttpServer::Request> HttpServer::requests() const {
  const std::lock_guard guard(state_->mutex);
  return state_->requests;
}

std::string closed_port_url() { return HttpServer().url(); }

}  // namespace tern

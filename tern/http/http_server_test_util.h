#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "tern/http/http.h"

namespace tern {

/// What the test server answers at one path, and how it misbehaves.
struct Route {
  int status = 200;
  HttpHeaders headers = {};
  std::string body = {};
  bool knows_ranges = true;
  /// So many bodies break off, each after `bytes_before_break` bytes, by closing or falling silent.
  int breaks = 0;
  size_t bytes_before_break = 0;
  bool falls_silent = false;
};

/// An HTTP server on a free port of 127.0.0.1, with threads of its own, stopped by its destructor.
/// Paths without a route are 404.
class HttpServer {
 public:
  struct Request {
    std::string method, path, authorization, range, body;
    HttpHeaders headers;

    /// The value of a header, whose name may be in any case; empty when it is absent.
    std::string header(const std::string& name) const;
  };

  HttpServer();
  ~HttpServer();
  std::string url() const;  ///< "http://127.0.0.1:PORT"
  void serve(const std::string& path, Route route);
  /// One answer a request, in this order; the last one is given for ever.
  void serve_in_turn(const std::string& path, std::vector<Route> routes);
  std::vector<Request> requests() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// The address of a port on which nobody listens.
std::string closed_port_url();

}  // namespace tern

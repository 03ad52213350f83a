#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tern/base/byte_source.h"

namespace tern {

using HttpHeaders = std::vector<std::pair<std::string, std::string>>;

/// Which redirects a request follows. An origin is a scheme, a host and a port.
enum class Redirects { kEverywhere, kWithinOrigin };

struct HttpOptions {
  /// Sent to the URL's own origin, and to no other after a redirect: a token stays at home.
  HttpHeaders headers;
  Redirects redirects = Redirects::kEverywhere;
  double connect_timeout_seconds = 15;
  /// A connection that brings no byte for so long is given up.
  double stall_timeout_seconds = 30;
  /// Failures in a row that are retried, with a wait before each that doubles from the first one's.
  int retries = 5;
  double first_wait_seconds = 0.5;
  /// Asked about ten times a second while there is something to wait for; false stops the request,
  /// which then throws. May be empty.
  std::function<bool()> keep_going;
};

/// What a server said.
struct HttpAnswer {
  int status = 0;  ///< 0: no answer came
  HttpHeaders headers;
  std::string body;     ///< Of http_post() alone.
  std::string failure;  ///< Why no answer, or not the whole body, came; empty when all is well.

  /// The value of a header, whose name may be in any case; empty when it is absent.
  std::string_view header(std::string_view name) const;
};

/// Asks for the headers of `url` (http or https) and retries what may pass: a connection that broke
/// off, and the statuses 408, 429 and 5xx. A server that cannot be reached is status 0, not an
/// error. Throws when stopped by `keep_going` or sent round in circles.
HttpAnswer http_head(const std::string& url, const HttpOptions& options = {});

/// Sends a body to `url` once: no retries, no redirects followed. An answer of more than
/// `most_bytes` is cut there, with a failure. Throws when stopped by `keep_going`.
HttpAnswer http_post(const std::string& url, const std::string& body,
                     const HttpOptions& options = {}, size_t most_bytes = 4 << 20);

/// Streams the body of `url` from the byte `offset` on, holding about 256 KiB of it at a time; the
/// network is served during read() only. A connection that breaks off or stalls is resumed where it
/// ended, by a Range request or, where the server knows none, by passing over what is already here.
/// Throws when the answer is not 200 or 206, the retries are used up, or the file changed
/// meanwhile.
std::unique_ptr<ByteSource> open_url(const std::string& url, const HttpOptions& options = {},
                                     uint64_t offset = 0);

}  // namespace tern

#include "tern/http/http.h"

#include <curl/curl.h>
#include <strings.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <thread>

#include "tern/base/error.h"
#include "tern/base/timer.h"

namespace tern {
namespace {

constexpr size_t kBufferBytes = 1 << 18;
constexpr int kMaxRedirects = 10;
constexpr int kPollMilliseconds = 100;
constexpr double kLongestWaitSeconds = 10;

template <auto Release>
struct Releaser {
  template <class T>
  void operator()(T* handle) const {
    Release(handle);
  }
};

std::string_view trim(std::string_view text) {
  const size_t first = text.find_first_not_of(" \t\r\n");
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

void check_not_stopped(const HttpOptions& options, const std::string& url) {
  check(!options.keep_going || options.keep_going(), "stopped reading {}, as asked", url);
}

class Url {
 public:
  explicit Url(const std::string& text) { follow(text); }

  /// Goes to an absolute or relative location.
  void follow(const std::string& location) {
    curl_url_set(handle_.get(), CURLUPART_URL, location.c_str(), 0);
  }
  std::string text() const { return part(CURLUPART_URL); }
  std::string scheme() const { return part(CURLUPART_SCHEME); }
  std::string origin() const {
    return scheme() + "://" + part(CURLUPART_HOST) + ":" + part(CURLUPART_PORT);
  }

 private:
  std::string part(CURLUPart which) const {
    char* text = nullptr;
    curl_url_get(handle_.get(), which, &text, which == CURLUPART_PORT ? CURLU_DEFAULT_PORT : 0);
    const std::string copy = text == nullptr ? "" : text;
    curl_free(text);
    return copy;
  }

  std::unique_ptr<CURLU, Releaser<curl_url_cleanup>> handle_{curl_url()};
};

struct Request {
  std::string url;
  std::string protocols;  // those that curl may speak, separated by commas
  bool head_only = false;
  bool at_home = true;  // the caller's headers may be sent
  uint64_t offset = 0;
  const std::string* body = nullptr;  // to post; outlives the request
};

/// One request and its answer. Everything happens on the caller's thread, in wait_for_answer() and
/// read(); while the buffer is full, curl is paused and the server waits.
class Transfer {
 public:
  Transfer(Request request, const HttpOptions& options);
  ~Transfer() { curl_multi_remove_handle(multi_.get(), easy_.get()); }
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;

  void wait_for_answer() {
    run_until([this] { return headers_complete_; });
  }
  /// Bytes of the body; 0 at its end and after a failure.
  size_t read(char* out, size_t capacity);

  const HttpAnswer& answer() const { return answer_; }
  bool failed() const { return !answer_.failure.empty(); }
  /// No server was there to talk to, or it is not the one that it claims to be.
  bool unreachable() const { return unreachable_; }

 private:
  void set_up_curl(const Request& request);
  template <class Condition>
  void run_until(Condition condition);
  void step();
  void finish(CURLcode code);
  static size_t on_header(char* data, size_t, size_t bytes, void* self);
  static size_t on_body(char* data, size_t, size_t bytes, void* self);

  const HttpOptions& options_;
  std::string url_;
  HttpAnswer answer_;
  std::string buffer_;
  size_t taken_ = 0;      // bytes of buffer_ already read
  uint64_t arrived_ = 0;  // bytes of headers and body
  bool headers_complete_ = false, paused_ = false, finished_ = false, unreachable_ = false;
  char problem_[CURL_ERROR_SIZE] = "";
  std::unique_ptr<curl_slist, Releaser<curl_slist_free_all>> headers_;
  std::unique_ptr<CURLM, Releaser<curl_multi_cleanup>> multi_;
  std::unique_ptr<CURL, Releaser<curl_easy_cleanup>> easy_;
};

Transfer::Transfer(Request request, const HttpOptions& options)
    : options_(options), url_(request.url) {
  static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
  multi_.reset(curl_multi_init());
  easy_.reset(curl_easy_init());
  check(ready == CURLE_OK && multi_ && easy_, "libcurl cannot be initialised on this machine");
  set_up_curl(request);
  curl_multi_add_handle(multi_.get(), easy_.get());
}

void Transfer::set_up_curl(const Request& request) {
  const auto add_header = [this](const std::string& line) {
    curl_slist* longer = curl_slist_append(headers_.get(), line.c_str());
    static_cast<void>(headers_.release());
    headers_.reset(longer);
  };
  add_header("Accept-Encoding: identity");  // else sizes and offsets would be those of a gzip file
  if (request.at_home) {
    for (const auto& [name, value] : options_.headers) add_header(name + ": " + value);
  }

  if (request.body != nullptr) {
    add_header("Expect:");  // curl would wait for a "100 Continue" that small servers never send
  }

  CURL* easy = easy_.get();
  curl_easy_setopt(easy, CURLOPT_URL, request.url.c_str());
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, request.protocols.c_str());
  curl_easy_setopt(easy, CURLOPT_NOBODY, request.head_only ? 1L : 0L);
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers_.get());
  curl_easy_setopt(easy, CURLOPT_USERAGENT, "tern/0.1");
  // A file has a connection of its own, so HTTP/2 would gain nothing, and it holds up to 32 MB of a
  // paused stream.
  curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
                   static_cast<long>(options_.connect_timeout_seconds * 1000));
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, problem_);
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, &Transfer::on_header);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, this);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &Transfer::on_body);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, this);
  if (request.body != nullptr) {
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE,
                     static_cast<curl_off_t>(request.body->size()));
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request.body->c_str());
  }
  if (request.offset > 0) {
    curl_easy_setopt(easy, CURLOPT_RANGE, fmt::format("{}-", request.offset).c_str());
  }
}

size_t Transfer::on_header(char* data, size_t, size_t bytes, void* self) {
  Transfer& transfer = *static_cast<Transfer*>(self);
  HttpAnswer& answer = transfer.answer_;
  transfer.arrived_ += bytes;
  const std::string_view line = trim({data, bytes});
  if (line.starts_with("HTTP/")) {  // also after an interim answer such as "103 Early Hints"
    answer.headers.clear();
    answer.status = std::atoi(std::string(line.substr(line.find(' ') + 1)).c_str());
  } else if (line.empty()) {
    transfer.headers_complete_ = answer.status >= 200;
  } else if (const size_t colon = line.find(':'); colon != line.npos) {
    answer.headers.emplace_back(trim(line.substr(0, colon)), trim(line.substr(colon + 1)));
  }
  return bytes;
}

size_t Transfer::on_body(char* data, size_t, size_t bytes, void* self) {
  Transfer& transfer = *static_cast<Transfer*>(self);
  if (transfer.buffer_.size() >= kBufferBytes) {
    transfer.paused_ = true;
    return CURL_WRITEFUNC_PAUSE;
  }
  transfer.arrived_ += bytes;
  transfer.buffer_.append(data, bytes);
  return bytes;
}

size_t Transfer::read(char* out, size_t capacity) {
  if (taken_ == buffer_.size()) {
    buffer_.clear();
    taken_ = 0;
    if (std::exchange(paused_, false)) curl_easy_pause(easy_.get(), CURLPAUSE_CONT);
    run_until([this] { return !buffer_.empty(); });
  }
  const size_t n = std::min(capacity, buffer_.size() - taken_);
  std::memcpy(out, buffer_.data() + taken_, n);
  taken_ += n;
  return n;
}

template <class Condition>
void Transfer::run_until(Condition condition) {
  Timer quiet;
  uint64_t arrived = arrived_;
  while (!finished_ && !condition()) {
    check_not_stopped(options_, url_);
    step();
    if (std::exchange(arrived, arrived_) != arrived_) quiet.reset();
    if (!finished_ && quiet.seconds() > options_.stall_timeout_seconds) {
      std::snprintf(problem_, sizeof problem_, "no byte came for %g seconds", quiet.seconds());
      finish(CURLE_OPERATION_TIMEDOUT);
    }
  }
}

void Transfer::step() {
  int running = 0, left = 0;
  curl_multi_perform(multi_.get(), &running);
  while (const CURLMsg* message = curl_multi_info_read(multi_.get(), &left)) {
    if (message->msg == CURLMSG_DONE) return finish(message->data.result);
  }
  if (buffer_.empty()) curl_multi_poll(multi_.get(), nullptr, 0, kPollMilliseconds, nullptr);
}

void Transfer::finish(CURLcode code) {
  finished_ = true;
  if (code == CURLE_OK) return;
  if (!headers_complete_) answer_.status = 0;
  answer_.failure = problem_[0] != '\0' ? problem_ : curl_easy_strerror(code);
  curl_off_t connect_microseconds = 0;
  curl_easy_getinfo(easy_.get(), CURLINFO_CONNECT_TIME_T, &connect_microseconds);
  unreachable_ = connect_microseconds == 0 || code == CURLE_PEER_FAILED_VERIFICATION;
}

/// Sends a request and follows its redirects by hand, so that the caller's headers stay at home.
/// From https no redirect leads back to http.
std::unique_ptr<Transfer> send(const std::string& address, bool head_only, uint64_t offset,
                               const HttpOptions& options) {
  Url url(address);
  const std::string home = url.origin();
  const std::string protocols = url.scheme() == "https" ? "https" : "http,https";
  for (int hop = 0; hop <= kMaxRedirects; ++hop) {
    const bool at_home = url.origin() == home;
    auto transfer = std::make_unique<Transfer>(
        Request{url.text(), protocols, head_only, at_home, offset}, options);
    transfer->wait_for_answer();
    const int status = transfer->answer().status;
    const std::string location(transfer->answer().header("Location"));
    if (status < 300 || status >= 400 || location.empty()) return transfer;
    url.follow(location);
    const bool leaves = url.origin() != home;
    if (leaves && options.redirects == Redirects::kWithinOrigin) return transfer;
  }
  fail("{} redirects more than {} times; check the address", address, kMaxRedirects);
}

/// Counts failures in a row, and waits longer after each.
class Patience {
 public:
  Patience(const HttpOptions& options, const std::string& url) : options_(options), url_(url) {}

  void restore() { failures_ = 0; }
  /// Waits before the next try; false when none is left.
  bool wait() {
    if (failures_ >= options_.retries) return false;
    const double seconds = options_.first_wait_seconds * static_cast<double>(1u << failures_++);
    const Timer timer;
    while (timer.seconds() < std::min(seconds, kLongestWaitSeconds)) {
      check_not_stopped(options_, url_);
      std::this_thread::sleep_for(std::chrono::milliseconds(kPollMilliseconds / 5));
    }
    return true;
  }

 private:
  const HttpOptions& options_;
  const std::string& url_;
  int failures_ = 0;
};

bool may_pass(const Transfer& transfer) {
  const int status = transfer.answer().status;
  return status == 0 || status == 408 || status == 429 || status >= 500;
}

class UrlSource final : public ByteSource {
 public:
  UrlSource(const std::string& url, const HttpOptions& options, uint64_t offset)
      : url_(url), options_(options), patience_(options_, url_), position_(offset) {
    connect();
  }

  size_t read(char* buffer, size_t capacity) override {
    for (;;) {
      const size_t wanted = skip_ > 0 ? std::min<uint64_t>(capacity, skip_) : capacity;
      const size_t n = transfer_->read(buffer, wanted);
      if (n > 0 && skip_ > 0) {
        skip_ -= n;
      } else if (n > 0) {
        position_ += n;
        patience_.restore();
        return n;
      } else {
        if (!transfer_->failed()) return 0;
        if (!patience_.wait()) give_up();
        connect();
      }
    }
  }
  const std::string& name() const override { return url_; }

 private:
  /// Gets an answer that goes on at position_, or throws.
  void connect() {
    for (;;) {
      transfer_ = send(url_, false, position_, options_);
      const int status = transfer_->answer().status;
      if (status == 200 || status == 206) return accept();
      // An unreachable host is news at the start and bad luck in the middle.
      const bool hopeless = transfer_->unreachable() && !accepted_;
      if (hopeless || !may_pass(*transfer_) || !patience_.wait()) give_up();
    }
  }

  void accept() {
    const HttpAnswer& answer = transfer_->answer();
    std::string_view size = answer.header("Content-Length");
    skip_ = position_;
    if (answer.status == 206) {  // Content-Range: bytes FIRST-LAST/SIZE
      const std::string_view range = answer.header("Content-Range");
      check(range.starts_with(fmt::format("bytes {}-", position_)),
            "{} answers byte {} with Content-Range '{}'; delete what was begun and start again",
            url_, position_, range);
      size = range.substr(range.find('/') + 1);
      skip_ = 0;
    }
    const std::string identity = fmt::format("{} {}", answer.header("ETag"), size);
    check(!accepted_ || identity == identity_,
          "{} changed while it was being read; start the command again", url_);
    identity_ = identity;
    accepted_ = true;
  }

  [[noreturn]] void give_up() const {
    const HttpAnswer& answer = transfer_->answer();
    const std::string why =
        answer.status < 300 ? answer.failure : fmt::format("HTTP status {}", answer.status);
    if (position_ == 0) fail("cannot read {}: {}", url_, why);
    fail("cannot read {} beyond byte {}: {}; try again when the network is better", url_, position_,
         why);
  }

  std::string url_;
  HttpOptions options_;
  Patience patience_;
  std::unique_ptr<Transfer> transfer_;
  uint64_t position_;  // in the file, of the next byte that read() gives
  uint64_t skip_ = 0;  // bytes still to pass over until the transfer stands at position_
  bool accepted_ = false;
  std::string identity_;  // ETag and size
};

}  // namespace

std::string_view HttpAnswer::header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (key.size() == name.size() && strncasecmp(key.data(), name.data(), name.size()) == 0) {
      return value;
    }
  }
  return {};
}

HttpAnswer http_head(const std::string& url, const HttpOptions& options) {
  Patience patience(options, url);
  for (;;) {
    const std::unique_ptr<Transfer> transfer = send(url, true, 0, options);
    if (transfer->unreachable() || !may_pass(*transfer) || !patience.wait()) {
      return transfer->answer();
    }
  }
}

HttpAnswer http_post(const std::string& url, const std::string& body, const HttpOptions& options,
                     size_t most_bytes) {
  Request request{url, Url(url).scheme() == "https" ? "https" : "http,https"};
  request.body = &body;
  Transfer transfer(request, options);
  transfer.wait_for_answer();
  std::string received;
  char chunk[1 << 14];
  while (const size_t bytes = transfer.read(chunk, sizeof chunk)) {
    received.append(chunk, bytes);
    if (received.size() > most_bytes) break;
  }
  HttpAnswer answer = transfer.answer();
  if (received.size() > most_bytes) {
    received.resize(most_bytes);
    answer.failure = fmt::format("the answer has more than {} bytes", most_bytes);
  }
  answer.body = std::move(received);
  return answer;
}

std::unique_ptr<ByteSource> open_url(const std::string& url, const HttpOptions& options,
                                     uint64_t offset) {
  return std::make_unique<UrlSource>(url, options, offset);
}

}  // namespace tern

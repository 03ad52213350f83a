#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "loop/propose/llm_endpoint.h"
#include "tern/base/json.h"
#include "tern/base/secrets.h"
#include "tern/http/http.h"

namespace tern::loop {

struct LlmMessage {
  std::string role;  // "user" or "assistant"
  std::string text;
};

/// What a language model has answered, or why it has not.
struct LlmAnswer {
  std::string text;
  std::string failure;  // one sentence without any key; empty when all is well
  int64_t input_tokens = 0;
  int64_t output_tokens = 0;
};

struct LlmClientOptions {
  int64_t max_tokens = 4096;      // of one answer
  double patience_seconds = 900;  // for one answer that brings no byte
  /// Waits so many seconds between tries; empty: it really does.
  std::function<void(double)> sleep;
  /// Asked about ten times a second; true gives up. May be empty.
  std::function<bool()> interrupted;
};

/// Asks a language model over HTTP. What may pass (a broken connection, too many requests, a busy
/// server) is tried a few times, after the wait that the server asks for or one that doubles.
class LlmClient {
 public:
  LlmClient(LlmEndpoint endpoint, LlmClientOptions options);

  LlmAnswer ask(const std::string& system, const std::vector<LlmMessage>& messages) const;
  const LlmEndpoint& endpoint() const { return endpoint_; }

 private:
  HttpAnswer post(const Json& request) const;
  Json request(const std::string& system, const std::vector<LlmMessage>& messages,
               const char* limit_key) const;
  LlmAnswer read(const HttpAnswer& answer) const;
  std::string complaint(const HttpAnswer& answer) const;
  void sleep(double seconds) const;

  LlmEndpoint endpoint_;
  Secrets secrets_;
  LlmClientOptions options_;
};

}  // namespace tern::loop

#include "loop/propose/llm_client.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <thread>

#include "loop/propose/untrusted_text.h"
#include "tern/base/error.h"
#include "tern/base/timer.h"

namespace tern::loop {
namespace {

constexpr int kTries = 6;
constexpr double kFirstWait = 2;      // seconds; doubles with each try
constexpr double kLongestWait = 300;  // seconds, whatever the server asks for
constexpr size_t kMostAnswer = 4 << 20;

bool may_pass(int status) { return status == 0 || status == 408 || status == 429 || status >= 500; }

/// The wait that a server asks for in seconds; 0 when it asks for none, or for a date.
double retry_after(const HttpAnswer& answer) {
  const std::string_view text = answer.header("Retry-After");
  double seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  return error == std::errc() && end == text.data() + text.size() && seconds > 0 ? seconds : 0;
}

/// The message of an error's body in any of the forms in use, else the body's beginning.
std::string message_of(const std::string& body) {
  try {
    const Json json = Json::parse(body, "the answer");
    const Json* error = json.find("error");
    if (error != nullptr && error->is_string()) return error->as_string();
    return (error == nullptr ? json : *error).at("message").as_string();
  } catch (const Error&) {
    return body;
  }
}

/// The text of {"content": "..."} or {"content": [{"type": "text", "text": "..."}, ...]}.
std::string text_of(const Json& content) {
  if (content.is_null()) return "";
  if (content.is_string()) return content.as_string();
  std::string text;
  for (const Json& part : content.items()) {
    if (part.get("type", "text") == "text") text += part.get("text", "");
  }
  return text;
}

}  // namespace

LlmClient::LlmClient(LlmEndpoint endpoint, LlmClientOptions options)
    : endpoint_(std::move(endpoint)),
      secrets_(Secrets::of_environment({endpoint_.key})),
      options_(std::move(options)) {}

LlmAnswer LlmClient::ask(const std::string& system, const std::vector<LlmMessage>& messages) const {
  HttpAnswer answer = post(request(system, messages, "max_tokens"));
  // OpenAI's newer models refuse the name that everybody else knows.
  if (answer.status == 400 && answer.body.find("max_completion_tokens") != std::string::npos) {
    answer = post(request(system, messages, "max_completion_tokens"));
  }
  return read(answer);
}

Json LlmClient::request(const std::string& system, const std::vector<LlmMessage>& messages,
                        const char* limit_key) const {
  const bool anthropic = endpoint_.api == LlmEndpoint::Api::kAnthropic;
  Json list = Json::array();
  if (!anthropic) list.push_back(Json::Object{{"role", "system"}, {"content", system}});
  for (const LlmMessage& message : messages) {
    list.push_back(Json::Object{{"role", message.role}, {"content", message.text}});
  }
  Json request = Json::Object{
      {"model", endpoint_.model}, {limit_key, options_.max_tokens}, {"messages", std::move(list)}};
  if (anthropic) request.set("system", system);
  return request;
}

HttpAnswer LlmClient::post(const Json& request) const {
  const bool anthropic = endpoint_.api == LlmEndpoint::Api::kAnthropic;
  HttpOptions http;
  http.headers = {{"Content-Type", "application/json"}};
  if (anthropic) http.headers.emplace_back("anthropic-version", "2023-06-01");
  if (!endpoint_.key.empty() && endpoint_.bearer) {
    http.headers.emplace_back("Authorization", "Bearer " + endpoint_.key);
  } else if (!endpoint_.key.empty()) {
    http.headers.emplace_back("x-api-key", endpoint_.key);
  }
  http.stall_timeout_seconds = options_.patience_seconds;
  http.keep_going = [this] { return !options_.interrupted || !options_.interrupted(); };
  const std::string url = endpoint_.base + (anthropic ? "/v1/messages" : "/chat/completions");
  const std::string body = request.dump();

  HttpAnswer answer;
  double wait = kFirstWait;
  for (int tries = 1;; ++tries, wait *= 2) {
    try {
      answer = http_post(url, body, http, kMostAnswer);
    } catch (const Error& e) {  // interrupted; its message would name the whole address
      answer.failure = "stopped, as asked";
      return answer;
    }
    if (tries == kTries || !may_pass(answer.status)) return answer;
    const double asked = retry_after(answer);
    sleep(std::min(asked > 0 ? asked : wait, kLongestWait));
  }
}

void LlmClient::sleep(double seconds) const {
  if (options_.sleep) return options_.sleep(seconds);
  const Timer timer;
  while (timer.seconds() < seconds && !(options_.interrupted && options_.interrupted())) {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
}

LlmAnswer LlmClient::read(const HttpAnswer& answer) const {
  LlmAnswer out;
  if (answer.status != 200 || !answer.failure.empty()) {
    out.failure = complaint(answer);
    return out;
  }
  try {
    const Json json = Json::parse(answer.body, "the answer");
    const bool anthropic = endpoint_.api == LlmEndpoint::Api::kAnthropic;
    const Json* usage = json.find("usage");
    if (usage != nullptr) {
      out.input_tokens = usage->get(anthropic ? "input_tokens" : "prompt_tokens", int64_t{0});
      out.output_tokens = usage->get(anthropic ? "output_tokens" : "completion_tokens", int64_t{0});
    }
    std::string end;
    if (anthropic) {
      out.text = text_of(json.at("content"));
      end = json.get("stop_reason", "");
    } else {
      const Json::Array& choices = json.at("choices").items();
      check(!choices.empty(), "the answer's choices are empty");
      const Json* content = choices[0].at("message").find("content");
      out.text = content == nullptr ? "" : text_of(*content);
      end = choices[0].get("finish_reason", "");
    }
    if (end == "length" || end == "max_tokens") {
      out.failure = fmt::format(
          "the language model's answer was cut off at {} tokens; raise "
          "lab.toml's llm.max_tokens",
          options_.max_tokens);
    } else if (out.text.empty()) {
      out.failure = "the language model answered without any text";
    }
  } catch (const Error& e) {
    out.failure = secrets_.redact(fmt::format("{} answered in a form that is not known ({})",
                                              endpoint_.shown_base(), one_line(e.what(), 300)));
  }
  return out;
}

std::string LlmClient::complaint(const HttpAnswer& answer) const {
  const std::string where = endpoint_.shown_base();
  const std::string what =
      answer.status == 0 || answer.status == 200
          ? answer.failure
          : fmt::format("HTTP status {}: {}", answer.status, message_of(answer.body));
  std::string hint;
  if (answer.status == 401 || answer.status == 403) hint = "; check the key in the environment";
  if (answer.status == 404) hint = "; check the address and the model's name";
  if (answer.status >= 300 && answer.status < 400) hint = "; check the address";
  return secrets_.redact(fmt::format("the language model at {} gave no answer: {}{}", where,
                                     one_line(what, 300), hint));
}

}  // namespace tern::loop

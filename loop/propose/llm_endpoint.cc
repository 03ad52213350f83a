#include "loop/propose/llm_endpoint.h"

#include <algorithm>
#include <cstdlib>

#include "tern/base/error.h"

namespace tern::loop {
namespace {

constexpr const char* kOpenAi = "https://api.openai.com/v1";
constexpr const char* kAnthropic = "https://api.anthropic.com";

std::string first_of(const Environment& environment, std::initializer_list<const char*> names) {
  for (const char* name : names) {
    if (std::string value = environment(name); !value.empty()) return value;
  }
  return "";
}

std::string without_end(std::string text, std::string_view end) {
  if (text.ends_with(end)) text.resize(text.size() - end.size());
  return text;
}

LlmEndpoint open_ai(const LlmConfig& config, const Environment& environment) {
  LlmEndpoint found;
  found.api = LlmEndpoint::Api::kOpenAi;
  found.base = config.base_url.empty()
                   ? first_of(environment, {"OPENAI_BASE_URL", "OPENAI_API_BASE"})
                   : config.base_url;
  const bool elsewhere = !found.base.empty();
  if (!elsewhere) found.base = kOpenAi;
  found.base = without_end(found.base, "/");
  found.key = environment("OPENAI_API_KEY");
  found.model = config.model.empty() ? environment("OPENAI_MODEL") : config.model;
  check(elsewhere || !found.key.empty(),
        "no language model is set up: set OPENAI_API_KEY, or the address of a local server in "
        "OPENAI_BASE_URL or in lab.toml's llm.base_url");
  if (found.model.empty() && elsewhere) found.model = "default";
  return found;
}

LlmEndpoint anthropic(const LlmConfig& config, const Environment& environment) {
  LlmEndpoint found;
  found.api = LlmEndpoint::Api::kAnthropic;
  found.base = config.base_url.empty() ? environment("ANTHROPIC_BASE_URL") : config.base_url;
  if (found.base.empty()) found.base = kAnthropic;
  found.base = without_end(without_end(found.base, "/"), "/v1");
  const std::string key = environment("ANTHROPIC_API_KEY");
  found.bearer = key.empty();
  found.key = found.bearer ? environment("ANTHROPIC_AUTH_TOKEN") : key;
  found.model = config.model.empty() ? environment("ANTHROPIC_MODEL") : config.model;
  check(!found.key.empty() || found.base != kAnthropic,
        "no language model is set up: set ANTHROPIC_API_KEY or ANTHROPIC_AUTH_TOKEN, or the "
        "address of a local server in ANTHROPIC_BASE_URL or in lab.toml's llm.base_url");
  return found;
}

bool wants_anthropic(const LlmConfig& config, const Environment& environment) {
  if (!config.api.empty()) return config.api == "anthropic";
  if (!config.base_url.empty()) return false;
  const bool open =
      !first_of(environment, {"OPENAI_API_KEY", "OPENAI_BASE_URL", "OPENAI_API_BASE"}).empty();
  return !open &&
         !first_of(environment, {"ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_BASE_URL"})
              .empty();
}

}  // namespace

std::string process_environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

std::string LlmEndpoint::shown_base() const {
  const size_t host = base.find("://") == base.npos ? 0 : base.find("://") + 3;
  const size_t path = std::min(base.find('/', host), base.size());
  const size_t at = base.rfind('@', path);
  const std::string shown = base.substr(0, base.find('?'));
  return at == base.npos || at < host ? shown : shown.substr(0, host) + shown.substr(at + 1);
}

LlmEndpoint llm_endpoint(const LlmConfig& config, const Environment& environment) {
  const LlmEndpoint found = wants_anthropic(config, environment) ? anthropic(config, environment)
                                                                 : open_ai(config, environment);
  check(found.base.starts_with("http://") || found.base.starts_with("https://"),
        "the language model's address must begin with http:// or https://, found {}",
        found.shown_base());
  check(!found.model.empty(),
        "which language model to ask is not said: set lab.toml's llm.model, "
        "or {}",
        found.api == LlmEndpoint::Api::kOpenAi ? "OPENAI_MODEL" : "ANTHROPIC_MODEL");
  return found;
}

}  // namespace tern::loop
